package seal_test

import (
	"errors"
	"testing"

	"github.com/account-operator/account-operator/internal/seal"
)

func FuzzOpen(f *testing.F) {
	keyset, err := seal.NewKeyset()
	if err != nil {
		f.Fatal(err)
	}
	s, err := seal.Load(keyset)
	if err != nil {
		f.Fatal(err)
	}
	good, err := s.Seal([]byte("value"), []byte("place"))
	if err != nil {
		f.Fatal(err)
	}
	f.Add(good[1:])
	f.Add([]byte("s"))
	f.Fuzz(func(t *testing.T, stored []byte) {
		// Whoever lacks the key makes nothing that opens, whatever mark it bears.
		if out, err := s.Open(stored, []byte("place")); !errors.Is(err, seal.ErrOpen) && string(out) != "value" {
			t.Errorf("got %q, %v", out, err)
		}
	})
}

func FuzzLoad(f *testing.F) {
	keyset, err := seal.NewKeyset()
	if err != nil {
		f.Fatal(err)
	}
	f.Add(keyset)
	f.Add([]byte(`{"primaryKeyId":1,"key":[{}]}`))
	f.Fuzz(func(t *testing.T, content []byte) {
		s, err := seal.Load(content)
		if err == nil && !s.Encrypts() {
			t.Error("loaded a keyset that does not encrypt")
		}
	})
}
