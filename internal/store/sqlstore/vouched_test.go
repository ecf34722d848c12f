package sqlstore_test

import (
	"errors"
	"testing"

	"github.com/account-operator/account-operator/internal/store"
)

// Given a file that a manager worked on, when another one opens it, then it takes no link and no factor until it has looked, as leader,
// whether another file was put in its place; who works beside it takes its word.
func TestVouch_FileOpenedAgain_UnfencedWritesWaitForTheLeadersLook(t *testing.T) {
	address, _ := newSQLite(t)
	o := options(t)
	first := open(t, address, o)
	must(t, filled(t, first).Vouch(t.Context()))
	must(t, first.RequestLink(t.Context(), store.LinkVerifyAddress, "alice@example.com"))
	closeStore(t, first)

	second := open(t, address, o)
	token := store.NewSecret([]byte("token"))
	for what, err := range map[string]error{
		"a link is looked up":     failure(second.Link(t.Context(), token)),
		"a link is asked for":     second.RequestLink(t.Context(), store.LinkVerifyAddress, "alice@example.com"),
		"an address is confirmed": failure(second.ConfirmAddress(t.Context(), token)),
		"a code is accepted":      second.AcceptStep(t.Context(), "1", "x", 1),
		"a password is tried":     failure(second.TrySignIn(t.Context(), "alice@example.com", store.Browser{})),
		"a session is looked up":  failure(second.Session(t.Context(), token)),
		"a key is looked up":      failure(second.Key(t.Context(), token)),
		"a subject signs in":      failure(second.BeginSubjectSession(t.Context(), store.Subject{Subject: "x"}, store.Browser{})),
		"sessions are listed":     failure(second.Sessions(t.Context(), "1")),
	} {
		if !errors.Is(err, store.ErrNotVouched) {
			t.Errorf("%s: %v", what, err)
		}
	}

	fenced, err := second.Lead(t.Context(), "c", "l")
	must(t, err)
	must(t, fenced.Vouch(t.Context()))
	must(t, second.RequestLink(t.Context(), store.LinkVerifyAddress, "alice@example.com"))
	o.WithoutLock = true
	beside := open(t, address, o)
	if _, err := beside.Link(t.Context(), token); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("beside the manager: %v", err)
	}
	closeStore(t, beside)
}

// failure is the error of a call that gives something else, too.
func failure[T any](_ T, err error) error { return err }
