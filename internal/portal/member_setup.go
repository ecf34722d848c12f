package portal

import (
	"errors"
	"net/http"
	"strings"
	"time"

	"github.com/account-operator/account-operator/internal/factor"
	"github.com/account-operator/account-operator/internal/store"
)

// newApp is what the page shows on which an app is added.
type newApp struct {
	QR       picture
	Letters  string // the key in groups of four
	Seed     string // the same as the form sends it back
	Name     string
	Required bool // there is nothing else to do before
	Mailed   bool // a code was mailed, which has to be typed, too
}

// askForApp draws another key each time: none is kept before an app has proved that it has it.
func (s signingIn) askForApp(r *http.Request, in member) (page, error) {
	if s.takesMailedCode(in) && !r.URL.Query().Has("mailed") {
		return s.forSetUp(in, below("set-up-code", "Add an authenticator app", in)), nil
	}
	return s.appForm(in, factor.NewSeed(), "")
}

func (s signingIn) appForm(in member, seed store.Secret, name string, problems ...problem) (page, error) {
	picture, err := qrOf(factor.URI(s.issuer, in.Email, seed))
	letters := string(factor.Letters(seed).Reveal())
	shown := below("set-up", "Add an authenticator app", newApp{picture, grouped(letters), letters, name, in.mustSetUp(), s.takesMailedCode(in)}, problems...)
	return s.forSetUp(in, shown), err
}

// forSetUp leads nowhere else who has to set a second factor up first.
func (signingIn) forSetUp(in member, shown page) page {
	if in.mustSetUp() {
		shown.Back = ""
	}
	return shown
}

func grouped(letters string) string {
	var groups []string
	for ; len(letters) > 4; letters = letters[4:] {
		groups = append(groups, letters[:4])
	}
	return strings.Join(append(groups, letters), " ")
}

// addApp takes the key back from the form, which no other site can send.
func (s signingIn) addApp(r *http.Request, in member) (page, error) {
	seed, err := factor.FromLetters(r.PostForm.Get("seed"))
	if err != nil {
		return s.askForApp(r, in)
	}
	name := r.PostForm.Get("name")
	step, err := factor.ConfirmTOTP(seed, strings.Join(strings.Fields(r.PostForm.Get("code")), ""), time.Now())
	if err != nil {
		return s.appForm(in, seed, name, problem{"code", "The code is wrong. Look whether the clock of the device is right, and type the code that it shows now."})
	}
	if s.takesMailedCode(in) {
		err := s.codes.factors.AcceptMailedCode(r.Context(), in.AccountID, in.ID, store.NewSecret([]byte(r.PostForm.Get("mailed"))))
		if errors.Is(err, store.ErrNotFound) {
			return s.appForm(in, seed, name, problem{"mailed", "The code is not the one in the newest mail, or was used or is over."})
		}
		if err != nil {
			return attempted(err)
		}
	}
	err = s.codes.factors.EnrolTOTP(r.Context(), in.AccountID, appName(name), seed, step)
	if errors.As(err, new(*store.InvalidError)) {
		return redirect(factorsPath), nil // there are as many as there may be, and the page says so
	}
	if err != nil || in.Factors.BackupCodesRemaining > 0 {
		return redirect(factorsPath), err
	}
	return s.newCodes(r, in)
}

// shownCodes are backup codes, for the only time.
type shownCodes struct {
	Codes   []string
	Heading phrase // of them in a file
}

// newCodes replaces a member's backup codes, if there is an app that they stand in for.
func (s signingIn) newCodes(r *http.Request, in member) (page, error) {
	apps, err := s.apps(r, in)
	if err != nil || len(apps) == 0 {
		return redirect(factorsPath), err
	}
	var codes []store.Secret
	var hashes [][]byte
	err = s.hasher.InTurn(r.Context(), func() { codes, hashes = factor.NewBackupCodes(in.AccountID) })
	if err == nil {
		err = s.codes.factors.EnrolBackupCodes(r.Context(), in.AccountID, hashes)
	}
	var shown shownCodes
	for _, code := range codes {
		shown.Codes = append(shown.Codes, string(code.Reveal()))
	}
	shown.Heading = say("Backup codes of %v at %v, each good once:", in.Email, s.issuer)
	kept := below("backup-codes", "Save your backup codes", shown)
	kept.Back = ""
	return kept, err
}
