package portal

import (
	"errors"
	"net/http"
	"net/url"
	"slices"
	"time"

	"github.com/account-operator/account-operator/internal/store"
)

// proven takes the step for a member who gave the password, and a code where there is a factor, of late. Others give them again and come to
// the page at the path, which is among those that are provable.
func proven(at string, take memberStep) memberStep {
	return func(r *http.Request, in member) (page, error) {
		if time.Since(in.Proved) > store.SessionProof {
			return redirect(provePath + "?for=" + url.QueryEscape(at)), nil
		}
		return take(r, in)
	}
}

func (s signingIn) askForProof(r *http.Request, in member) (page, error) {
	return proofForm(in, r.URL.Query().Get("for")), nil
}

func proofForm(in member, leadsTo string, problems ...problem) page {
	given := askedOf(in)
	given.For = leadsTo
	return below("prove", "Is it you?", given, problems...)
}

// giveProof leads to pages of ours alone, whatever the form says.
func (s signingIn) giveProof(r *http.Request, in member) (page, error) {
	leadsTo := r.PostForm.Get("for")
	judged, wrong, err := s.prove(r, in)
	if err != nil {
		return attempted(err)
	}
	if wrong != nil {
		return proofForm(in, leadsTo, *wrong), nil
	}
	err = s.store.ProveSession(r.Context(), in.token, judged, in.browser)
	if errors.Is(err, store.ErrNotFound) {
		return redirect(signInPath), nil
	}
	if !slices.Contains(provable, leadsTo) {
		leadsTo = settingsPath
	}
	return redirect(leadsTo), err
}
