package portal

import (
	"context"
	"errors"
	"net/http"
	"net/netip"

	"github.com/account-operator/account-operator/internal/store"
	"github.com/account-operator/account-operator/internal/visitor"
)

// member is a visitor whose session was found.
type member struct {
	store.SignedIn
	token   store.Secret
	browser store.Browser
}

// hasFactor reports whether a code is asked for.
func (m member) hasFactor() bool { return len(m.Factors.Methods) > 0 }

// mustSetUp reports that the policy asks for a second factor which the account does not have.
func (m member) mustSetUp() bool { return m.TwoFactor == "Required" && !m.hasFactor() }

// memberStep answers a request of a member.
type memberStep func(r *http.Request, in member) (page, error)

// sessions finds who a visitor is.
type sessions struct {
	store   store.Sessions
	cookies cookies
	trusted []netip.Prefix
}

// browser is what a visitor comes with.
func (s sessions) browser(r *http.Request) store.Browser {
	return store.Browser{
		Token: s.cookies.token(r, s.cookies.browser()), Peer: visitor.Of(r, s.trusted).String(), UserAgent: r.UserAgent(),
	}
}

// find is store.ErrNotFound for who has no session.
func (s sessions) find(r *http.Request) (member, error) {
	in := member{token: s.cookies.token(r, s.cookies.session()), browser: s.browser(r)}
	if in.token.Len() == 0 {
		return member{}, store.ErrNotFound
	}
	var err error
	in.SignedIn, err = s.store.Session(r.Context(), in.token)
	return in, err
}

// signedIn takes the step for who is, and sends others to sign in.
func (s sessions) signedIn(take memberStep) step {
	return s.arriving(func(r *http.Request, in member) (page, error) {
		if in.mustSetUp() {
			return redirect(setUpPath), nil
		}
		return take(r, in)
	})
}

// arriving is signedIn for what a member may do who has to set a second factor up first.
func (s sessions) arriving(take memberStep) step {
	return func(r *http.Request) (page, error) {
		in, err := s.find(r)
		if errors.Is(err, store.ErrNotFound) || (err == nil && in.AwaitsCode) {
			return redirect(signInPath), nil
		}
		if err != nil {
			return page{}, err
		}
		shown, err := take(r.WithContext(store.InSession(r.Context(), in.token)), in)
		if errors.Is(err, store.ErrNotFound) { // the session ended meanwhile, or the account
			return redirect(signInPath), nil
		}
		shown.Theme, shown.Member = in.Theme, in.Email
		return shown, err
	}
}

// signOut ends the session in the store, and then in the browser.
func (s sessions) signOut(r *http.Request) (page, error) {
	in, err := s.find(r)
	if err == nil {
		err = s.end(r.Context(), in)
	}
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		return page{}, err
	}
	out := redirect(signInPath)
	out.cookies = []*http.Cookie{s.cookies.end()}
	return out, nil
}

func (s sessions) end(ctx context.Context, in member) error {
	return s.store.EndSession(ctx, in.AccountID, in.ID)
}
