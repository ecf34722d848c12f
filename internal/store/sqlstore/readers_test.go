package sqlstore_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/account-operator/account-operator/internal/store"
	"github.com/account-operator/account-operator/internal/store/sqlstore"
)

// scraper is a key that reads everything of account 1.
var scraper = store.ReaderKey{Name: "scraper", Rights: []string{store.RightEnv}, Accounts: []int64{1}, Expires: time.Now().Add(time.Hour)}

func createKey(t testing.TB, s *sqlstore.Store, want store.ReaderKey) (store.ReaderKey, store.Secret) {
	t.Helper()
	key, text, err := s.CreateReaderKey(t.Context(), want)
	must(t, err)
	return key, text
}

// valid reports whether the key of a text is.
func valid(t testing.TB, s *sqlstore.Store, text store.Secret) (store.ReaderKey, bool) {
	t.Helper()
	find, _, err := s.ValidReaders(t.Context())
	must(t, err)
	return find(text)
}

// Given a name, when keys are made for it, then two of them are valid at a time, so that one can take the place of the other; a third is
// refused until one is revoked or has expired.
func TestReaderKeys_RotatedByName_TwoAreValid(t *testing.T) {
	each(t, func(t *testing.T, address string, foreign foreign) {
		s := open(t, address, options(t))
		filled(t, s)
		first, old := createKey(t, s, scraper)
		_, next := createKey(t, s, scraper)
		for _, text := range []store.Secret{old, next} {
			found, is := valid(t, s, text)
			found.ID, found.Created, found.Expires = "", time.Time{}, scraper.Expires
			if diff := cmp.Diff(scraper, found); diff != "" || !is {
				t.Errorf("valid %t: %s", is, diff)
			}
		}
		invalid := (*store.InvalidError)(nil)
		if _, _, err := s.CreateReaderKey(t.Context(), scraper); !errors.As(err, &invalid) {
			t.Errorf("a third: %v", err)
		}

		must(t, s.RevokeReaderKeys(t.Context(), "scraper", first.ID))
		if _, is := valid(t, s, old); is {
			t.Error("the key that was revoked is valid")
		}
		createKey(t, s, scraper)
		must(t, foreign.exec(`UPDATE reader_keys SET expires_at = created_at`))
		if _, is := valid(t, s, next); is {
			t.Error("a key that expired is valid")
		}
		createKey(t, s, scraper)
		if err := s.RevokeReaderKeys(t.Context(), "scraper", first.ID); !errors.Is(err, store.ErrNotFound) {
			t.Errorf("revoked twice: %v", err)
		}
	})
}

// Given many keys, when their IDs are typed to revoke one, then none looks like a flag, or needs quotes.
func TestReaderKeys_TheirIDs_CanBeTyped(t *testing.T) {
	s := open(t, "sqlite://"+t.TempDir()+"/accounts.db", options(t))
	filled(t, s)
	for i := range 100 {
		want := scraper
		want.Name = fmt.Sprintf("scraper-%d", i)
		if key, _ := createKey(t, s, want); strings.Trim(key.ID, "abcdefghijklmnopqrstuvwxyz0123456789") != "" || len(key.ID) != 8 {
			t.Errorf("an ID is %q", key.ID)
		}
	}
}

// Given keys and tokens, when they are kept, then no text of one stands in any row, as also the dump shows.
func TestReaderKeys_AtRest_AreHashes(t *testing.T) {
	each(t, func(t *testing.T, address string, _ foreign) {
		s := open(t, address, options(t))
		filled(t, s)
		_, key := createKey(t, s, scraper)
		token, err := s.CreateReaderToken(t.Context(), store.ReaderToken{Account: 1, Rights: scraper.Rights, By: "key:scraper/1", Expires: scraper.Expires})
		must(t, err)
		var dump strings.Builder
		must(t, s.Dump(t.Context(), &dump))
		for _, text := range []store.Secret{key, token} {
			if plain := string(text.Reveal()); len(plain) < 40 || strings.Contains(dump.String(), plain[4:]) {
				t.Error("a credential is short, or stands in the dump")
			}
		}
	})
}

// Given a key that made tokens, when it is revoked, then its tokens are, too, and whoever keeps credentials in mind sees that something was.
func TestReaderTokens_TheirKeyIsRevoked_AreRevoked(t *testing.T) {
	each(t, func(t *testing.T, address string, _ foreign) {
		s := open(t, address, options(t))
		filled(t, s)
		key, _ := createKey(t, s, scraper)
		want := store.ReaderToken{Account: 1, Rights: []string{"env", "changes"}, By: "key:scraper/" + key.ID, Expires: time.Now().Add(time.Hour)}
		text, err := s.CreateReaderToken(t.Context(), want)
		must(t, err)
		got, err := s.ReaderToken(t.Context(), text)
		must(t, err)
		if diff := cmp.Diff(want.Rights, got.Rights); diff != "" || got.Account != 1 || got.By != want.By {
			t.Errorf("%+v", got)
		}
		_, before, err := s.ValidReaders(t.Context())
		must(t, err)
		must(t, s.RevokeReaderKeys(t.Context(), "scraper", ""))
		if _, err := s.ReaderToken(t.Context(), text); !errors.Is(err, store.ErrNotFound) {
			t.Errorf("a token of the key: %v", err)
		}
		if _, after, err := s.ValidReaders(t.Context()); err != nil || after == before {
			t.Errorf("nobody notices: %d, %d, %v", before, after, err)
		}

	})
}

// Given a token, when those of its account are revoked, or its time is over, then it is valid no more; and for what is no account there is none.
func TestReaderTokens_OfAnAccount_End(t *testing.T) {
	each(t, func(t *testing.T, address string, _ foreign) {
		s := open(t, address, options(t))
		filled(t, s)
		want := store.ReaderToken{Account: 1, Rights: []string{"env"}, By: "x", Expires: time.Now().Add(time.Hour)}
		text, err := s.CreateReaderToken(t.Context(), want)
		must(t, err)
		if count, err := s.RevokeReaderTokens(t.Context(), 1); count != 1 || err != nil {
			t.Errorf("%d, %v", count, err)
		}
		if _, err := s.ReaderToken(t.Context(), text); !errors.Is(err, store.ErrNotFound) {
			t.Errorf("a token of the account: %v", err)
		}
		want.Account = 99
		if _, err := s.CreateReaderToken(t.Context(), want); !errors.Is(err, store.ErrNotFound) {
			t.Errorf("for no account: %v", err)
		}
		want.Account, want.Expires = 1, time.Now().Add(-time.Second)
		text, err = s.CreateReaderToken(t.Context(), want)
		must(t, err)
		if _, err := s.ReaderToken(t.Context(), text); !errors.Is(err, store.ErrNotFound) {
			t.Errorf("one that expired: %v", err)
		}
	})
}

// Given keys and tokens, when the store was put back to an older state, then none is valid: what was revoked since may be there again.
func TestReaderKeys_StoreIsPutBack_AreVoid(t *testing.T) {
	each(t, func(t *testing.T, address string, _ foreign) {
		s := open(t, address, options(t))
		fenced := filled(t, s)
		_, key := createKey(t, s, scraper)
		token, err := s.CreateReaderToken(t.Context(), store.ReaderToken{Account: 1, Rights: scraper.Rights, By: "key", Expires: scraper.Expires})
		must(t, err)
		is, err := s.Identity(t.Context())
		must(t, err)
		_, err = fenced.BeginIncarnation(t.Context(), is)
		must(t, err)
		if _, is := valid(t, s, key); is {
			t.Error("the key is valid")
		}
		if _, err := s.ReaderToken(t.Context(), token); !errors.Is(err, store.ErrNotFound) {
			t.Errorf("the token: %v", err)
		}
	})
}

// Given a database that was started since a leader looked, when readers are asked for, then nobody is one until it has.
func TestReaders_NobodyLookedSinceTheStart_AreNotVouched(t *testing.T) {
	address, _ := newSQLite(t)
	o := options(t)
	first := open(t, address, o)
	must(t, filled(t, first).Vouch(t.Context()))
	closeStore(t, first)
	second := open(t, address, o)
	if _, _, err := second.ValidReaders(t.Context()); !errors.Is(err, store.ErrNotVouched) {
		t.Errorf("keys: %v", err)
	}
	if _, err := second.ReaderToken(t.Context(), store.NewSecret([]byte("aot_x"))); !errors.Is(err, store.ErrNotVouched) {
		t.Errorf("a token: %v", err)
	}
}

// Given counts of the same hour from two readers, when both are added, then they are summed, and old ones go with the retention.
func TestCountReads_SameHour_AreSummed(t *testing.T) {
	each(t, func(t *testing.T, address string, _ foreign) {
		o := options(t)
		o.ReadRetention = 24 * time.Hour
		s := open(t, address, o)
		fenced := filled(t, s)
		hour := time.Now().UTC().Truncate(time.Hour)
		count := func(reader string, hour time.Time, n int64) store.ReadCount {
			return store.ReadCount{Reader: reader, Account: 1, Hour: hour, Reads: n}
		}
		must(t, s.CountReads(t.Context(), []store.ReadCount{count("b", hour, 1), count("a", hour, 2), count("a", hour.Add(-48*time.Hour), 7)}))
		must(t, s.CountReads(t.Context(), []store.ReadCount{count("a", hour, 3)}))
		_, err := fenced.Purge(t.Context(), time.Now().Add(-time.Hour))
		must(t, err)
		got, err := s.Reads(t.Context(), 1, 10)
		must(t, err)
		if diff := cmp.Diff([]store.ReadCount{count("a", hour, 5), count("b", hour, 1)}, got); diff != "" {
			t.Error(diff)
		}
	})
}
