package seal_test

import (
	"bytes"
	"errors"
	"testing"

	"pgregory.net/rapid"

	"github.com/account-operator/account-operator/internal/seal"
)

func newSealer(t *testing.T) *seal.Sealer {
	t.Helper()
	return load(t, newKeyset(t))
}

func newKeyset(t *testing.T) []byte {
	t.Helper()
	keyset, err := seal.NewKeyset()
	if err != nil {
		t.Fatal(err)
	}
	return keyset
}

func load(t *testing.T, keyset []byte) *seal.Sealer {
	t.Helper()
	s, err := seal.Load(keyset)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func sealed(t *testing.T, s *seal.Sealer, value string) []byte {
	t.Helper()
	out, err := s.Seal([]byte(value), []byte("place"))
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func TestOpensWhatItSealed(t *testing.T) {
	for name, s := range map[string]*seal.Sealer{"sealed": newSealer(t), "unsealed": seal.Unsealed()} {
		t.Run(name, func(t *testing.T) {
			rapid.Check(t, func(t *rapid.T) {
				value := rapid.SliceOf(rapid.Byte()).Draw(t, "value")
				place := rapid.SliceOf(rapid.Byte()).Draw(t, "place")
				out, err := s.Seal(value, place)
				if err != nil {
					t.Fatal(err)
				}
				back, err := s.Open(out, place)
				if err != nil || !bytes.Equal(back, value) {
					t.Fatalf("got %q, %v", back, err)
				}
				if !s.Current(out) {
					t.Fatal("a fresh value is not current")
				}
			})
		})
	}
}

func TestNeverShowsTheValue(t *testing.T) {
	if out := sealed(t, newSealer(t), "canary-value"); bytes.Contains(out, []byte("canary")) {
		t.Fatal("the value stands in the sealed bytes")
	}
}

func TestRefusesWhatWasAlteredMovedOrIsForeign(t *testing.T) {
	s := newSealer(t)
	good := sealed(t, s, "value")
	flipped := bytes.Clone(good)
	flipped[len(flipped)-1] ^= 1
	for name, bad := range map[string]struct {
		value []byte
		place string
	}{
		"moved":            {good, "elsewhere"},
		"altered":          {flipped, "place"},
		"truncated":        {good[:len(good)-1], "place"},
		"only the mark":    {good[:1], "place"},
		"empty":            {nil, "place"},
		"another keyset":   {sealed(t, newSealer(t), "value"), "place"},
		"plain":            {sealed(t, seal.Unsealed(), "value"), "place"},
		"mark of plain":    {append([]byte{'p'}, good[1:]...), "place"},
		"without any mark": {[]byte("value"), "place"},
	} {
		t.Run(name, func(t *testing.T) {
			if out, err := s.Open(bad.value, []byte(bad.place)); !errors.Is(err, seal.ErrOpen) || out != nil {
				t.Fatalf("got %q, %v", out, err)
			}
		})
	}
	if _, err := seal.Unsealed().Open(good, []byte("place")); !errors.Is(err, seal.ErrOpen) {
		t.Fatalf("unsealed mode opens a sealed value: %v", err)
	}
}

func TestRotatedKeysetOpensOldValues(t *testing.T) {
	first := newKeyset(t)
	old := sealed(t, load(t, first), "value")
	second, err := seal.Rotate(first)
	if err != nil {
		t.Fatal(err)
	}
	s := load(t, second)
	if back, err := s.Open(old, []byte("place")); err != nil || string(back) != "value" {
		t.Fatalf("got %q, %v", back, err)
	}
	if s.Current(old) {
		t.Error("a value under the old key counts as current")
	}
	fresh := sealed(t, s, "value")
	if !s.Current(fresh) {
		t.Error("a value under the new key does not count as current")
	}
	if _, err := load(t, first).Open(fresh, []byte("place")); !errors.Is(err, seal.ErrOpen) {
		t.Errorf("the keyset before the rotation opens a new value: %v", err)
	}
}

func TestAStoredValueTellsWhetherItIsEncrypted(t *testing.T) {
	if !seal.Encrypted(sealed(t, newSealer(t), "value")) {
		t.Error("a sealed value does not")
	}
	if seal.Encrypted(sealed(t, seal.Unsealed(), "value")) || seal.Encrypted(nil) {
		t.Error("a plain value, or none, is taken for an encrypted one")
	}
}
