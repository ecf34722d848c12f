package sqlstore_test

import (
	"slices"
	"testing"

	"github.com/account-operator/account-operator/internal/store"
)

func TestKeepVerified_AddressReplaced_ProvesWhatTheFormerOneProved(t *testing.T) {
	each(t, func(t *testing.T, address string, foreign foreign) {
		o := options(t)
		o.KeepVerified = true
		s := open(t, address, o)
		fenced, err := s.Lead(t.Context(), "c", "l")
		must(t, err)
		alice := claim(store.KindAccount, "alice")
		change := addressOf(t, fenced, alice)
		// given a verified account, with a password and without, when its address is replaced, then it stays verified
		change("alice@example.com")
		must(t, foreign.exec(`UPDATE accounts SET email_verified_at = '2026-01-02T03:04:05.678Z'`))
		for _, password := range []string{"", "hash"} {
			must(t, foreign.exec(`UPDATE accounts SET password_hash = nullif($1, '')`, password))
			before, err := fenced.Account(t.Context(), alice)
			must(t, err)
			mailed(t, fenced)
			if after := change("new" + password + "@example.com"); !after.EmailVerified.Equal(before.EmailVerified) || after.AddressNotProved {
				t.Errorf("password %q: got %+v", password, after)
			}
			waits(t, fenced, store.MailAddressChanged)
		}

		// and one that is not verified is asked to confirm, whether it has a password or not
		for _, password := range []string{"", "hash"} {
			must(t, foreign.exec(`UPDATE accounts SET email_verified_at = NULL, password_hash = nullif($1, '')`, password))
			if after := change("newer" + password + "@example.com"); !after.EmailVerified.IsZero() || after.AddressNotProved {
				t.Errorf("password %q: got %+v", password, after)
			}
			waits(t, fenced, store.MailAddressChanged, store.MailVerifyAddress)
		}
	})
}

// addressOf has an object name another address of its account, each time it is called.
func addressOf(t *testing.T, fenced store.FencedStore, c store.Claim) (change func(address string) store.Account) {
	return func(address string) store.Account {
		t.Helper()
		got, err := fenced.PutAccount(t.Context(), c, store.AccountSpec{Email: address}, store.Mark{Generation: 1, Record: "r"})
		must(t, err)
		return got
	}
}

// waits fails unless one mail of each of these kinds waits.
func waits(t *testing.T, fenced store.FencedStore, want ...store.MailKind) {
	t.Helper()
	var got []store.MailKind
	for _, m := range mailed(t, fenced) {
		got = append(got, m.Kind)
	}
	slices.Sort(got)
	if !slices.Equal(got, want) {
		t.Errorf("got %v, wanted %v", got, want)
	}
}

// Given that account holders can sign in, when the platform changes the address of one who has a password, then a link that is for them alone goes
// there, also by the button that resends it; a password reset does not.
func TestSignIn_AddressReplaced_MailsALinkForWhoIsSignedIn(t *testing.T) {
	each(t, func(t *testing.T, address string, foreign foreign) {
		o := options(t)
		o.SignIn = true
		s := open(t, address, o)
		fenced, err := s.Lead(t.Context(), "c", "l")
		must(t, err)
		alice := claim(store.KindAccount, "alice")
		change := addressOf(t, fenced, alice)
		press := func(what store.ActionType) store.ActionRefusal {
			t.Helper()
			got, err := fenced.Act(t.Context(), claim(store.KindAccountAction, string(what)), alice, store.ActionRequest{Type: what})
			must(t, err)
			return got.Refused
		}
		id := change("alice@example.com").ID
		change("before@example.com")
		waits(t, fenced, store.MailAddressChanged, store.MailVerifyAddress) // a first address still
		must(t, foreign.exec(`UPDATE accounts SET email_verified_at = '2026-01-02T03:04:05.678Z', password_hash = 'hash'`))

		change("new@example.com")
		waits(t, fenced, store.MailAddressChanged, store.MailProveAddress)
		if got := press(store.ActionSendPasswordReset); got != store.RefusedAddressNotProved {
			t.Errorf("a reset: %q", got)
		}
		if got := press(store.ActionResendVerificationEmail); got != "" {
			t.Errorf("the link again: %q", got)
		}
		mails := mailed(t, fenced)
		if len(mails) != 1 || mails[0].Kind != store.MailProveAddress || mails[0].To != "new@example.com" {
			t.Fatalf("got %v", mails)
		}
		must(t, s.Holder(id).ProveAddress(t.Context(), mails[0].Token))
	})
}
