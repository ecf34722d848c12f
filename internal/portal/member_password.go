package portal

import (
	"errors"
	"net/http"

	"github.com/account-operator/account-operator/internal/factor"
	"github.com/account-operator/account-operator/internal/store"
)

// wrongPassword is what a page says of one that is given again.
var wrongPassword = problem{"current", "This is not your password."}

// asked is what a form asks for beside the password, and for whom a password manager keeps it.
type asked struct {
	Email  string
	Factor bool
	For    string // the page that it leads on to
	// Password and Subject say what the member can give.
	Password, Subject bool
}

func askedOf(in member) asked {
	return asked{Email: in.Email, Factor: in.hasFactor(), Password: in.HasPassword, Subject: in.HasSubject}
}

func (s signingIn) askForChange(_ *http.Request, in member) (page, error) { return changeForm(in), nil }

func changeForm(in member, problems ...problem) page {
	return below("change-password", "Change your password", askedOf(in), problems...)
}

// changePassword makes no hash before it knows that the new password will do, and uses no code up before it knows the former one.
func (s signingIn) changePassword(r *http.Request, in member) (page, error) {
	chosen := r.PostForm.Get("password")
	if problems := flaws(chosen, r.PostForm.Get("repeat"), in.Email); len(problems) > 0 {
		return changeForm(in, problems...), nil
	}
	judged, wrong, err := s.prove(r, in)
	if err != nil {
		return attempted(err)
	}
	if wrong != nil {
		return changeForm(in, *wrong), nil
	}
	hash, err := s.hasher.Hash(r.Context(), chosen)
	if err != nil {
		return page{}, err
	}
	given, err := s.store.ChangePassword(r.Context(), in.token, judged, hash, in.browser)
	if errors.Is(err, store.ErrNotFound) {
		return redirect(signInPath), nil
	}
	if err != nil {
		return page{}, err
	}
	done := backTo("security")
	done.cookies = s.cookies.give(given)
	return done, nil
}

// prove judges the password, and the code where there is a factor, that a member gave again. Wrong ones are counted as at the sign-in.
func (s signingIn) prove(r *http.Request, in member) (judged store.SignIn, wrong *problem, err error) {
	judged, right, err := s.judge(r, in.Email, r.PostForm.Get("current"), in.browser)
	if err != nil || !right {
		return store.SignIn{}, &wrongPassword, err
	}
	if in.hasFactor() {
		err = s.codes.verify(r.Context(), in.AccountID, r.PostForm.Get("code"))
	}
	if errors.Is(err, factor.ErrWrong) {
		return store.SignIn{}, &wrongCode, nil
	}
	return judged, nil, err
}
