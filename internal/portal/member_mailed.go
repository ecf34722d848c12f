package portal

import (
	"net/http"
	"time"

	"github.com/account-operator/account-operator/internal/store"
)

// takesMailedCode reports whether a first factor takes a code that was mailed, so that a password alone, or a browser that was left open, does
// not lock the holder out. Who has to set one up and just signed in needs none: else nobody would get in where mails are late. Nor
// is one asked for where none go out: there the password counts, which was given again.
func (s signingIn) takesMailedCode(in member) bool {
	excused := in.mustSetUp() && time.Since(in.Created) <= store.SessionProof
	return s.mails && !in.hasFactor() && !excused
}

func (s signingIn) mailCode(r *http.Request, in member) (page, error) {
	if s.takesMailedCode(in) {
		if err := s.codes.factors.MailCode(r.Context(), in.AccountID, in.ID); err != nil {
			return attempted(err)
		}
	}
	return redirect(setUpPath + "?mailed"), nil
}
