package portal

import (
	"errors"
	"net/http"
	"strings"
	"unicode/utf8"

	"github.com/account-operator/account-operator/internal/store"
)

// factors is what the page about a member's second factor shows.
type factors struct {
	Apps     []store.Factor
	Codes    int
	Required bool
	Full     bool // there may be no more apps
}

func (s signingIn) listFactors(r *http.Request, in member) (page, error) { return s.factorsPage(r, in) }

func (s signingIn) factorsPage(r *http.Request, in member, problems ...problem) (page, error) {
	apps, err := s.apps(r, in)
	shown := factors{Apps: apps, Codes: in.Factors.BackupCodesRemaining, Required: in.TwoFactor == "Required", Full: len(apps) >= store.MaxFactors}
	return below("factors", "Second factor", shown, problems...), err
}

// apps are the factors that a holder names and removes.
func (s signingIn) apps(r *http.Request, in member) (apps []store.Factor, err error) {
	all, err := s.codes.factors.Factors(r.Context(), in.AccountID)
	for _, each := range all {
		if each.Method != store.FactorBackupCode {
			apps = append(apps, each)
		}
	}
	return apps, err
}

func (s signingIn) nameFactor(r *http.Request, in member) (page, error) {
	return afterFactor(s.codes.factors.NameFactor(r.Context(), in.AccountID, r.PostForm.Get("factor"), appName(r.PostForm.Get("name"))))
}

// removeFactor keeps the last one where the policy asks for one.
func (s signingIn) removeFactor(r *http.Request, in member) (page, error) {
	apps, err := s.apps(r, in)
	if err != nil {
		return page{}, err
	}
	if in.TwoFactor == "Required" && len(apps) == 1 {
		return s.factorsPage(r, in, problem{"apps", "Your account must have a second factor. Add another app first, then remove this one."})
	}
	return afterFactor(s.codes.factors.RemoveFactor(r.Context(), in.AccountID, r.PostForm.Get("factor")))
}

// afterFactor shows them again. One that is gone already is no mistake of the member's.
func afterFactor(err error) (page, error) {
	if errors.Is(err, store.ErrNotFound) {
		err = nil
	}
	return redirect(factorsPath), err
}

// appName is what was typed, or else what an app is called that has no name, cut to what the store takes.
func appName(typed string) string {
	name := strings.ToValidUTF8(strings.TrimSpace(typed), "")
	name = strings.ReplaceAll(name, "\x00", "")
	for len(name) > store.MaxFactorName {
		_, last := utf8.DecodeLastRuneInString(name)
		name = name[:len(name)-last]
	}
	if name == "" {
		return "Authenticator app"
	}
	return name
}
