package sqlstore_test

import (
	"testing"

	"github.com/account-operator/account-operator/internal/store"
)

func TestReferralCode_Taken_IsDrawnAgain(t *testing.T) {
	each(t, func(t *testing.T, address string, _ foreign) {
		s := open(t, address, options(t))
		codes := []string{"same", "same", "same", "other"}
		s.DrawReferralCodes(func() (next string) {
			next, codes = codes[0], codes[1:]
			return next
		})
		fenced, err := s.Lead(t.Context(), "c", "l")
		must(t, err)
		for _, person := range []struct{ name, code string }{{"alice", "same"}, {"bob", "other"}} {
			got, err := fenced.PutAccount(t.Context(), claim(store.KindAccount, person.name),
				store.AccountSpec{Email: person.name + "@example.com"}, store.Mark{})
			must(t, err)
			if got.Referral.Code != person.code {
				t.Errorf("%s has %q", person.name, got.Referral.Code)
			}
		}
	})
}
