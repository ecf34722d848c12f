package portal

import (
	"errors"
	"net/http"
	"strings"
	"time"

	"github.com/account-operator/account-operator/internal/password"
	"github.com/account-operator/account-operator/internal/store"
	"github.com/account-operator/account-operator/internal/visitor"
)

// How often one peer may give a password: some at once, for an office behind one address, then one every now and then.
const (
	signInBurst = 20
	signInEvery = 10 * time.Second
)

// signingIn are the pages on which a visitor signs in.
type signingIn struct {
	sessions
	hasher *password.Hasher
	codes  codes
	peers  *visitor.Peers
	issuer string // whose accounts they are, as apps show it
	mails  bool   // a code can be mailed
}

func (s signingIn) askForSignIn(*http.Request) (page, error) {
	return signInForm(http.StatusOK, ""), nil
}

func signInForm(status int, address string, problems ...problem) page {
	return page{name: "sign-in", status: status, Title: "Sign in", Form: form{Address: address, Problems: problems}}
}

// signIn says the same, and does the same work, for an address that nobody has, a wrong password, and an account that cannot sign in.
func (s signingIn) signIn(r *http.Request) (page, error) {
	from := s.browser(r)
	if wait := s.peers.Wait(visitor.Of(r, s.trusted)); wait > 0 {
		return tooManyAttempts(wait), nil
	}
	address, given := strings.TrimSpace(r.PostForm.Get("email")), r.PostForm.Get("password")
	if problems := unfilled(address, given); len(problems) > 0 {
		return signInForm(http.StatusUnprocessableEntity, address, problems...), nil
	}
	judged, right, err := s.judge(r, address, given, from)
	if err == nil && right {
		var given store.Given
		if given, err = s.store.BeginSession(r.Context(), judged, from); err == nil {
			return s.arrived(given), nil
		}
	}
	if err == nil || errors.Is(err, store.ErrNotFound) {
		return signInForm(http.StatusUnprocessableEntity, address, problem{"password", "The address or the password is wrong."}), nil
	}
	return attempted(err)
}

func unfilled(address, given string) (problems []problem) {
	if !looksLikeAddress(address) {
		problems = append(problems, problem{"email", "Enter an address like name@example.com."})
	}
	if given == "" {
		problems = append(problems, problem{"password", "Enter your password."})
	}
	return problems
}

// judge counts the attempt before it makes the hash.
func (s signingIn) judge(r *http.Request, address, given string, from store.Browser) (judged store.SignIn, right bool, err error) {
	judged, err = s.store.TrySignIn(r.Context(), address, from)
	if err != nil {
		return store.SignIn{}, false, err
	}
	right, err = s.hasher.Verify(r.Context(), judged.Password, given)
	return judged, right, err
}

// arrived gives the browser its session, and leads on.
func (s signingIn) arrived(given store.Given) page {
	next := redirect(settingsPath)
	if given.AwaitsCode {
		next = redirect(codePath)
	}
	next.cookies = s.cookies.give(given)
	return next
}
