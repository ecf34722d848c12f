package sqlstore_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/account-operator/account-operator/internal/store"
)

// Given a cursor, when more accounts changed since than anybody wants to have listed, then it is gone.
func TestChangedSince_TooMany_CursorGone(t *testing.T) {
	each(t, func(t *testing.T, address string, foreign foreign) {
		s := open(t, address, options(t))
		filled(t, s)
		w := watch(t, s, foreign)
		must(t, foreign.exec(`WITH RECURSIVE n (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM n WHERE n < 10001)
			INSERT INTO accounts (email) SELECT 'holder' || n || '@example.com' FROM n`))
		_, next, err := s.ChangedSince(t.Context(), w.cursor)
		if !errors.Is(err, store.ErrCursorGone) {
			t.Fatalf("the cursor: %v", err)
		}
		w.cursor = next
		must(t, foreign.exec(`UPDATE accounts SET theme = 'Dark' WHERE id = $1`, w.alice))
		w.raised()
		if reported := w.reported(); !slices.Equal(reported, []string{"alice"}) {
			t.Errorf("the next one reports %q", reported)
		}
	})
}

// Given what nobody was given as a cursor, when it is taken for one, then it is refused, or gone, and no statement fails over it.
func TestChangedSince_NoCursor_IsRefused(t *testing.T) {
	each(t, func(t *testing.T, address string, _ foreign) {
		s := open(t, address, options(t))
		filled(t, s)
		_, good, err := s.ChangedSince(t.Context(), "")
		must(t, err)
		life, _, _ := strings.Cut(good, ".")
		for _, cursor := range []string{
			"0", ".", "x", "'", "\x00", "..", good + ".", good + "'", good + ",", life, life + ".", life + ".-1", life + ".1:2", life + ".1:2:3,", life + ".9223372036854775808",
			life + ".5:1:", life + ".1:9:9,8", "0123456789abcdef.1:2:", "0123456789abcdef.1", life + "." + strings.Repeat("1", 9000), life + ".1:9:5,5,5", life + ".0:1:", life + ".99999999999999999999:1:",
		} {
			accounts, _, err := s.ChangedSince(t.Context(), cursor)
			if invalid := (*store.InvalidError)(nil); !errors.As(err, &invalid) && !errors.Is(err, store.ErrCursorGone) {
				t.Errorf("%.40q: %v, %v", cursor, accounts, err)
			}
		}
	})
}

// Given the newest account, when another program deletes its row, then the next account gets another ID.
func TestAccounts_NewestIsDeleted_ItsIDIsNotGivenOutAgain(t *testing.T) {
	each(t, func(t *testing.T, address string, foreign foreign) {
		s := open(t, address, options(t))
		fenced := filled(t, s)
		bob := id(t, foreign, "bob")
		must(t, foreign.exec(`DELETE FROM accounts WHERE uid = 'bob'`))
		_, err := fenced.PutAccount(t.Context(), claim(store.KindAccount, "carol"), store.AccountSpec{Email: "carol@example.com"}, store.Mark{})
		must(t, err)
		if carol := id(t, foreign, "carol"); carol <= bob {
			t.Errorf("%d after %d", carol, bob)
		}
	})
}
