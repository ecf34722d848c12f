package portal

import (
	"errors"
	"net/http"

	"github.com/account-operator/account-operator/internal/factor"
	"github.com/account-operator/account-operator/internal/store"
)

func (s signingIn) askForCode(r *http.Request) (page, error) {
	return s.awaiting(r, func(member) (page, error) { return codeForm(http.StatusOK), nil })
}

// awaiting takes the step for a session that awaits a code.
func (s signingIn) awaiting(r *http.Request, take func(member) (page, error)) (page, error) {
	in, err := s.find(r)
	switch {
	case errors.Is(err, store.ErrNotFound):
		return redirect(signInPath), nil
	case err != nil:
		return page{}, err
	case !in.AwaitsCode:
		return redirect(settingsPath), nil
	}
	shown, err := take(in)
	shown.Theme = in.Theme
	return shown, err
}

func codeForm(status int, problems ...problem) page {
	return page{name: "code", status: status, Title: "Enter a code", Form: form{Problems: problems}}
}

func (s signingIn) giveCode(r *http.Request) (page, error) {
	return s.awaiting(r, func(in member) (page, error) {
		err := s.codes.verify(r.Context(), in.AccountID, r.PostForm.Get("code"))
		if errors.Is(err, factor.ErrWrong) {
			return codeForm(http.StatusUnprocessableEntity, wrongCode), nil
		}
		if err != nil {
			return attempted(err)
		}
		given, err := s.store.CompleteSession(r.Context(), in.token, in.browser)
		if errors.Is(err, store.ErrNotFound) {
			return redirect(signInPath), nil
		}
		if err != nil {
			return page{}, err
		}
		return s.arrived(given), nil
	})
}
