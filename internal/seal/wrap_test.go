package seal_test

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/tink-crypto/tink-go/v2/aead"
	"github.com/tink-crypto/tink-go/v2/keyset"
	"github.com/tink-crypto/tink-go/v2/tink"

	"github.com/account-operator/account-operator/internal/seal"
	"github.com/account-operator/account-operator/test/await"
)

// kmsKey stands for a key of a KMS. It is one of Tink itself, and may be away, or not let everybody decrypt.
type kmsKey struct {
	tink.AEAD

	fails error // of decryptions
	asked int
}

func (k *kmsKey) Decrypt(ciphertext, associatedData []byte) ([]byte, error) {
	if k.asked++; k.fails != nil {
		return nil, k.fails
	}
	return k.AEAD.Decrypt(ciphertext, associatedData)
}

func newKey(t *testing.T) *kmsKey {
	t.Helper()
	handle, err := keyset.NewHandle(aead.AES256GCMKeyTemplate())
	if err != nil {
		t.Fatal(err)
	}
	key, err := aead.New(handle)
	if err != nil {
		t.Fatal(err)
	}
	return &kmsKey{AEAD: key}
}

func wrap(t *testing.T, plain []byte, key tink.AEAD) []byte {
	t.Helper()
	wrapped, err := seal.Wrap(plain, key)
	if err != nil {
		t.Fatal(err)
	}
	return wrapped
}

// Given keysets of each sort, when one is wrapped and unwrapped, then it seals and opens what it did; and wrapped, it opens nothing.
func TestWrap_ThenUnwrap_IsTheSameKeyset(t *testing.T) {
	v := readVectors(t)
	for name, plain := range map[string][]byte{"a key pair": newKeyset(t), "before there were pairs": v.SymmetricKeyset, "both": v.Keyset} {
		t.Run(name, func(t *testing.T) {
			key, value := newKey(t), sealed(t, load(t, plain), "value")
			wrapped := wrap(t, plain, key)
			if !seal.Wrapped(wrapped) || seal.Wrapped(plain) {
				t.Error("it is not known by its form which is wrapped")
			}
			if _, err := seal.Load(wrapped); !errors.Is(err, seal.ErrWrapped) {
				t.Errorf("without the KMS: %v", err)
			}
			again, err := seal.Unwrap(wrapped, key)
			if err != nil {
				t.Fatal(err)
			}
			s := load(t, again)
			if got, err := s.Open(value, []byte("place")); err != nil || string(got) != "value" || !s.Current(sealed(t, load(t, plain), "x")) {
				t.Errorf("it opens %q, %v", got, err)
			}
		})
	}
}

// Given a wrapped keyset, then nothing of its secret halves is in it, in any encoding that Tink uses.
func TestWrap_HoldsNoKeyInClearText(t *testing.T) {
	plain := newKeyset(t)
	_, after, found := bytes.Cut(plain, []byte(`"value":"`))
	secret, _, ends := bytes.Cut(after, []byte(`"`))
	if !found || !ends || len(secret) < 80 {
		t.Fatalf("the keyset has another form than this test knows")
	}
	wrapped := wrap(t, plain, newKey(t))
	for n := 0; n+16 <= len(secret); n++ {
		if bytes.Contains(wrapped, secret[n:n+16]) {
			t.Fatal("a part of the key stands in the wrapped keyset")
		}
	}
}

// Given a wrapped keyset, when another key is to open it, or it was altered, then it stays closed, and nothing of it is said.
func TestUnwrap_WrongKeyOrAltered_IsRefused(t *testing.T) {
	key := newKey(t)
	wrapped := wrap(t, newKeyset(t), key)
	for name, given := range map[string]struct {
		content []byte
		key     tink.AEAD
	}{
		"another key": {wrapped, newKey(t)},
		"altered":     {bytes.Replace(wrapped, []byte(`"encryptedKeyset":"A`), []byte(`"encryptedKeyset":"B`), 1), key},
		"cut":         {wrapped[:len(wrapped)/2], key},
		"no keyset":   {[]byte("canary"), key},
		"empty":       {nil, key},
	} {
		if _, err := seal.Unwrap(given.content, given.key); err == nil || strings.Contains(err.Error(), "canary") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// Given what the same key of the KMS encrypted for another program, when it is put in the keyset's place, then it does not open.
func TestUnwrap_WrappedForAnotherProgram_IsRefused(t *testing.T) {
	key := newKey(t)
	handle, err := keyset.NewHandle(aead.AES256GCMKeyTemplate())
	if err != nil {
		t.Fatal(err)
	}
	var foreign bytes.Buffer
	if err := handle.WriteWithAssociatedData(keyset.NewJSONWriter(&foreign), key, []byte("another program")); err != nil {
		t.Fatal(err)
	}
	if _, err := seal.Unwrap(foreign.Bytes(), key); err == nil {
		t.Error("it opens")
	}
}

// Given a KMS that lets who asks encrypt and not decrypt, when a keyset is to be wrapped, then it is not: nobody would open it again.
func TestWrap_WhatDoesNotOpenAgain_IsRefused(t *testing.T) {
	key := newKey(t)
	key.fails = errors.New("no right to decrypt")
	if _, err := seal.Wrap(newKeyset(t), key); !errors.Is(err, key.fails) {
		t.Errorf("got %v", err)
	}
}

func TestClear_KeysetAndKeyDoNotBelongTogether_SaysHow(t *testing.T) {
	key, plain := newKey(t), newKeyset(t)
	wrapped := wrap(t, plain, key)
	if _, err := seal.Clear(wrapped, nil); !errors.Is(err, seal.ErrWrapped) {
		t.Errorf("wrapped, and no key: %v", err)
	}
	if _, err := seal.Clear(plain, key); !errors.Is(err, seal.ErrUnwrapped) {
		t.Errorf("in clear text, and a key: %v", err)
	}
	if _, err := seal.Rotate(wrapped); !errors.Is(err, seal.ErrWrapped) {
		t.Errorf("rotated without the key: %v", err)
	}
	if same, err := seal.Clear(plain, nil); err != nil || !bytes.Equal(same, plain) {
		t.Errorf("in clear text, and no key: %v", err)
	}
}

// wrappedFile is a file with a wrapped keyset, and the sealer that follows it.
func wrappedFile(t *testing.T, plain []byte, key *kmsKey) (path string, s *seal.Sealer) {
	t.Helper()
	path = filepath.Join(t.TempDir(), "keyset.json")
	replace(t, path, wrap(t, plain, key))
	s, err := seal.File{Path: path, Key: key}.Follow()
	if err != nil {
		t.Fatal(err)
	}
	return path, s
}

func replace(t *testing.T, path string, content []byte) {
	t.Helper()
	if err := os.WriteFile(path, content, 0o600); err != nil {
		t.Fatal(err)
	}
}

// Given a wrapped keyset that is followed, when it is rotated while the KMS is away, then what was open stays open; and once the KMS answers, what the
// new key sealed opens as well.
func TestFollow_KMSIsAwayAsTheKeysetIsRotated_OpensOnAndCatchesUp(t *testing.T) {
	key, plain := newKey(t), newKeyset(t)
	path, s := wrappedFile(t, plain, key)
	rotated, err := seal.Rotate(plain)
	if err != nil {
		t.Fatal(err)
	}
	older, newer := sealed(t, load(t, plain), "value"), sealed(t, load(t, rotated), "value")
	replace(t, path, wrap(t, rotated, key))

	key.fails = errors.New("away")
	if opens(s, newer) || !opens(s, older) {
		t.Error("the new key's value opens without the KMS, or the older one's does not")
	}

	key.fails = nil
	for pauses, deadline := await.Pauses(), time.Now().Add(time.Minute); !opens(s, newer); <-time.After(pauses.Step()) {
		if time.Now().After(deadline) {
			t.Fatal("what the new key sealed does not open")
		}
	}
	if !opens(s, older) {
		t.Error("what the older key sealed does not open any more")
	}
}

// Given a wrapped keyset that nobody rotates, when values of foreign keys come, which anybody may have written, then the KMS is not asked for them.
func TestFollow_FileIsTheSame_KMSIsNotAsked(t *testing.T) {
	key := newKey(t)
	_, s := wrappedFile(t, newKeyset(t), key)
	before := key.asked
	if opens(s, sealed(t, newSealer(t), "value")) {
		t.Error("a foreign value opens")
	}
	if key.asked != before {
		t.Errorf("it was asked %d times", key.asked-before)
	}
}
