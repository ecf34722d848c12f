package store_test

import (
	"testing"
	"time"

	"github.com/account-operator/account-operator/internal/store"
)

func TestErrors_Texts_AreSentences(t *testing.T) {
	bob := store.Claim{Kind: store.KindAccount, Namespace: "team", Name: "bob"}
	for want, err := range map[string]error{
		"email is held by Account team/bob":                     &store.ConflictError{Field: "email", Holder: bob},
		"email is held by a row that nobody manages":            &store.ConflictError{Field: "email"},
		"deletion is blocked by 2 Machine, 1 Volume":            &store.BlockedError{Blockers: []store.Blocker{{Kind: "Machine", Count: 2}, {Kind: "Volume", Count: 1}}},
		"email: must have 1 to 254 bytes":                       &store.InvalidError{Field: "email", Reason: "must have 1 to 254 bytes"},
		"referral is not supported by this store":               &store.UnsupportedError{Feature: "referral"},
		"the store asks to wait 2s":                             &store.RateLimitedError{RetryAfter: 2 * time.Second},
		"the store is sealed; give the keyset it was made with": &store.StartupError{Problem: "the store is sealed", NextStep: "give the keyset it was made with"},
	} {
		if err.Error() != want {
			t.Errorf("got %q, wanted %q", err, want)
		}
	}
}
