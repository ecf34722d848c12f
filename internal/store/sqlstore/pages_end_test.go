package sqlstore_test

import (
	"errors"
	"testing"

	"github.com/account-operator/account-operator/internal/store"
	"github.com/account-operator/account-operator/internal/store/sqlstore"
)

// endsHers has the holder ask for the deletion of the account, take that back, and delete it once no object manages it.
func endsHers(t *testing.T, s *pagesScene, pages *sqlstore.Store) {
	t.Helper()
	a, _, err := s.fenced.AtAddress(t.Context(), store.Claim{}, "alice@example.com")
	must(t, err)
	mine, from := pages.Holder(a.ID), store.Browser{Peer: "203.0.113.1"}
	judged, err := pages.TrySignIn(t.Context(), "alice@example.com", from)
	must(t, err)
	given, err := pages.BeginSession(t.Context(), judged, from)
	must(t, err)
	_, text, err := mine.CreateKey(t.Context(), "", store.APIKey{AllRights: true})
	must(t, err)
	must(t, mine.RequestDeletion(store.WithKey(t.Context(), text)))
	ctx := store.InSession(t.Context(), given.Session)
	must(t, mine.WithdrawDeletion(ctx))
	if err := mine.Delete(ctx); !errors.As(err, new(*store.ManagedError)) {
		t.Errorf("deleted while it is managed: %v", err)
	}
	must(t, s.fenced.DeleteAccount(t.Context(), a.Claim, store.Deletion{Retain: true}))
	if blockers, err := mine.InTheWay(ctx); err != nil || len(blockers) > 0 {
		t.Errorf("in the way: %v, %v", blockers, err)
	}
	must(t, mine.Delete(ctx))
	if _, err := mine.Account(ctx); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("it is still there: %v", err)
	}
}
