package seal_test

import (
	"testing"

	"github.com/account-operator/account-operator/internal/seal"
)

// What ten variables cost: by a key pair and by a key of before there were pairs, and opened by who has not yet seen their data key.
func BenchmarkTenValues(b *testing.B) {
	v := readVectors(b)
	pairs, symmetric, public := load(b, newKeyset(b)), load(b, v.SymmetricKeyset), v.PublicKeyset
	writer, err := seal.LoadPublic(public)
	if err != nil {
		b.Fatal(err)
	}
	for name, s := range map[string]*seal.Sealer{"pair": pairs, "symmetric": symmetric, "public": writer} {
		b.Run("seal/"+name, func(b *testing.B) {
			for b.Loop() {
				sealTen(b, s)
			}
		})
	}
	for name, s := range map[string]*seal.Sealer{"pair": pairs, "symmetric": symmetric} {
		values := sealTen(b, s)
		b.Run("open/"+name, func(b *testing.B) {
			for b.Loop() {
				openTen(b, s, values)
			}
		})
	}
	b.Run("open/pair, for the first time", func(b *testing.B) {
		keyset := newKeyset(b)
		values := sealTen(b, load(b, keyset))
		for b.Loop() {
			openTen(b, load(b, keyset), values)
		}
	})
}

func sealTen(b *testing.B, s *seal.Sealer) (values [10][]byte) {
	for n := range values {
		values[n] = sealed(b, s, "hf_0123456789012345678901234567890123")
	}
	return values
}

func openTen(b *testing.B, s *seal.Sealer, values [10][]byte) {
	for _, value := range values {
		if _, err := s.Open(value, []byte("place")); err != nil {
			b.Fatal(err)
		}
	}
}
