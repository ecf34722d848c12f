package seal_test

import "testing"

// A value as most are: a token.
var (
	token = []byte("0123456789012345678901234567890123456789")
	place = []byte("account 1, env_vars, TOKEN, version 1")
)

func BenchmarkSeal(b *testing.B) {
	s := newSealer(b)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := s.Seal(token, place); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkOpen(b *testing.B) {
	s := newSealer(b)
	stored, err := s.Seal(token, place)
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		if _, err := s.Open(stored, place); err != nil {
			b.Fatal(err)
		}
	}
}
