package portal

import (
	"errors"
	"net/http"

	"github.com/account-operator/account-operator/internal/store"
)

// shownSession is one of a member's.
type shownSession struct {
	store.Session
	This bool // the one that asks
}

// list shows where the account is signed in.
func (s sessions) list(r *http.Request, in member) (page, error) {
	all, err := s.store.Sessions(r.Context(), in.AccountID)
	if err != nil {
		return page{}, err
	}
	var shown []shownSession
	for _, each := range all {
		shown = append(shown, shownSession{each, each.ID == in.ID})
	}
	return below("sessions", "Where you are signed in", shown), nil
}

// endOne ends a session of the member's. One that is over already is no mistake of theirs.
func (s sessions) endOne(r *http.Request, in member) (page, error) {
	err := s.store.EndSession(r.Context(), in.AccountID, r.PostForm.Get("session"))
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		return page{}, err
	}
	return redirect(sessionsPath), nil
}

func (s sessions) endOthers(r *http.Request, in member) (page, error) {
	return redirect(sessionsPath), s.store.EndOtherSessions(r.Context(), in.AccountID, in.ID)
}
