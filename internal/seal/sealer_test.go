package seal_test

import (
	"bytes"
	"errors"
	"sync"
	"testing"

	"pgregory.net/rapid"

	"github.com/account-operator/account-operator/internal/seal"
	"github.com/account-operator/account-operator/test/await"
)

func newSealer(t *testing.T) *seal.Sealer {
	t.Helper()
	return load(t, newKeyset(t))
}

func newKeyset(t testing.TB) []byte {
	t.Helper()
	keyset, err := seal.NewKeyset()
	if err != nil {
		t.Fatal(err)
	}
	return keyset
}

func load(t testing.TB, keyset []byte) *seal.Sealer {
	t.Helper()
	s, err := seal.Load(keyset)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func sealed(t testing.TB, s *seal.Sealer, value string) []byte {
	t.Helper()
	out, err := s.Seal([]byte(value), []byte("place"))
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func TestOpen_Sealed_IsTheValue(t *testing.T) {
	v := readVectors(t)
	for name, s := range map[string]*seal.Sealer{
		"a key pair": newSealer(t), "a key of before": load(t, v.SymmetricKeyset), "keys of both sorts": load(t, v.Keyset), "unsealed": seal.Unsealed(),
	} {
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

func TestSealed_Errors_NeverShowTheValue(t *testing.T) {
	if out := sealed(t, newSealer(t), "canary-value"); bytes.Contains(out, []byte("canary")) {
		t.Fatal("the value stands in the sealed bytes")
	}
}

func TestOpen_AlteredMovedOrForeign_IsRefused(t *testing.T) {
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

func TestKeyset_Rotated_OpensOldValues(t *testing.T) {
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

func TestSealed_StoredValue_SaysWhetherItIsEncrypted(t *testing.T) {
	if !seal.Encrypted(sealed(t, newSealer(t), "value")) {
		t.Error("a sealed value does not")
	}
	if seal.Encrypted(sealed(t, seal.Unsealed(), "value")) || seal.Encrypted(nil) {
		t.Error("a plain value, or none, is taken for an encrypted one")
	}
}

// Given who has the public halves only, when it seals, then who has the whole keyset opens that, and it opens nothing: neither that nor
// anything else.
func TestLoadPublic_Sealer_SealsAndOpensNothing(t *testing.T) {
	whole := newKeyset(t)
	writer := publicHalf(t, whole)
	holder := load(t, whole)
	first, second := sealed(t, writer, "canary"), sealed(t, writer, "canary")
	if got, err := holder.Open(first, []byte("place")); err != nil || string(got) != "canary" || !holder.Current(first) {
		t.Errorf("got %q, %v", got, err)
	}
	for _, value := range [][]byte{first, second, sealed(t, holder, "canary")} {
		if got, err := writer.Open(value, []byte("place")); !errors.Is(err, seal.ErrOpen) || got != nil {
			t.Errorf("it opened %q, %v", got, err)
		}
	}
	if bytes.Equal(dataKey(first), dataKey(second)) {
		t.Error("it kept the key of a value that it had sealed")
	}
}

// dataKey is what stands before a value that a key pair sealed.
func dataKey(sealed []byte) []byte { return sealed[:86] }

func TestSeal_ManyValues_ShareADataKeyUpToALimit(t *testing.T) {
	s := newSealer(t)
	s.ShareDataKeys(3)
	keys := map[string]int{}
	for range 7 {
		value := sealed(t, s, "value")
		keys[string(dataKey(value))]++
		if _, err := s.Open(value, []byte("place")); err != nil {
			t.Fatal(err)
		}
	}
	most := 0
	for _, n := range keys {
		most = max(most, n)
	}
	if len(keys) != 3 || most != 3 {
		t.Errorf("%d data keys for 7 values, %d values with one", len(keys), most)
	}
}

// Given many who seal and open at once, then each value opens, and so it does for who sees it for the first time.
func TestSealer_UsedAtOnce_OpensAll(t *testing.T) {
	keyset := newKeyset(t)
	s, other := load(t, keyset), load(t, keyset)
	s.ShareDataKeys(5)
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			for range 20 {
				value, err := s.Seal([]byte("value"), []byte("place"))
				got, errOwn := s.Open(value, []byte("place"))
				again, errOther := other.Open(value, []byte("place"))
				if err != nil || errOwn != nil || errOther != nil || string(got) != "value" || string(again) != "value" {
					t.Errorf("got %q, %q; %v, %v, %v", got, again, err, errOwn, errOther)
				}
			}
		})
	}
	await.End(t, all.Wait)
}

// Given more data keys than are kept, when values of each are opened again and again, then all open.
func TestOpen_MoreDataKeysThanAreKept_OpensAll(t *testing.T) {
	keyset := newKeyset(t)
	writer := publicHalf(t, keyset)
	s := load(t, keyset)
	s.KeepDataKeys(4)
	values := make([][]byte, 9)
	for n := range values {
		values[n] = sealed(t, writer, "value")
	}
	for range 3 {
		for n, value := range values {
			if !opens(s, value) || !opens(s, values[max(n-1, 0)]) {
				t.Fatalf("value %d does not open", n)
			}
			if kept := s.DataKeys(); kept > 4 {
				t.Fatalf("%d data keys are kept", kept)
			}
		}
	}
}

// publicHalf is who has the public halves of a keyset only.
func publicHalf(t *testing.T, keyset []byte) *seal.Sealer {
	t.Helper()
	public, err := seal.Public(keyset)
	if err != nil {
		t.Fatal(err)
	}
	writer, err := seal.LoadPublic(public)
	if err != nil {
		t.Fatal(err)
	}
	return writer
}
