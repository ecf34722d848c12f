package seal_test

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/tink-crypto/tink-go/v2/aead"
	"github.com/tink-crypto/tink-go/v2/insecurecleartextkeyset"
	"github.com/tink-crypto/tink-go/v2/keyset"

	"github.com/account-operator/account-operator/internal/seal"
)

func TestLoad_NoKeyset_IsRefusedWithoutQuotingIt(t *testing.T) {
	good := string(newKeyset(t))
	for name, content := range map[string]string{
		"empty":       "",
		"white space": " \n",
		"text":        "canary-not-json",
		"no keys":     `{"primaryKeyId":1,"key":[]}`,
		"cut":         good[:len(good)/2],
		"other type":  strings.Replace(good, "HpkePrivateKey", "canaryKey", 1),
		"bad value":   strings.Replace(good, `"value":"`, `"value":"canary!`, 1),
	} {
		t.Run(name, func(t *testing.T) {
			_, err := seal.Load([]byte(content))
			if err == nil {
				t.Fatal("accepted")
			}
			if strings.Contains(err.Error(), "canary") {
				t.Errorf("quotes the content: %v", err)
			}
			if _, err := seal.Rotate([]byte(content)); err == nil && name != "other type" {
				t.Error("rotated")
			}
		})
	}
}

func TestLoadFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "keyset.json")
	if _, err := seal.LoadFile(path); err == nil || !strings.Contains(err.Error(), path) {
		t.Errorf("missing file: %v", err)
	}
	write := func(content []byte) {
		if err := os.WriteFile(path, content, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write(newKeyset(t))
	if s, err := seal.LoadFile(path); err != nil || !s.Encrypts() {
		t.Errorf("good file: %v", err)
	}
	write([]byte("{}"))
	if _, err := seal.LoadFile(path); err == nil || !strings.Contains(err.Error(), path) {
		t.Errorf("malformed file: %v", err)
	}
	write(make([]byte, 2<<20))
	if _, err := seal.LoadFile(path); err == nil || !strings.Contains(err.Error(), "larger") {
		t.Errorf("large file: %v", err)
	}
}

func TestLoad_FileOfAMebibyte_IsTaken(t *testing.T) {
	path := filepath.Join(t.TempDir(), "keyset.json")
	content := append(newKeyset(t), bytes.Repeat([]byte{'\n'}, 1<<20)...)
	if err := os.WriteFile(path, content[:1<<20], 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := seal.LoadFile(path); err != nil {
		t.Error(err)
	}
}

func TestUnsealed_Sealer_SaysSo(t *testing.T) {
	if seal.Unsealed().Encrypts() {
		t.Error("claims to encrypt")
	}
}

// Given a keyset of before there were key pairs, when it is loaded, then it seals as it did: an older manager beside this one opens that.
func TestLoad_SymmetricKeyset_SealsAsItDid(t *testing.T) {
	old := readVectors(t).SymmetricKeyset
	handle, err := insecurecleartextkeyset.Read(keyset.NewJSONReader(bytes.NewReader(old)))
	if err != nil {
		t.Fatal(err)
	}
	older, err := aead.New(handle)
	if err != nil {
		t.Fatal(err)
	}
	value := sealed(t, load(t, old), "value")
	if got, err := older.Decrypt(value[1:], []byte("place")); err != nil || string(got) != "value" {
		t.Errorf("an older manager has %q, %v", got, err)
	}
	if _, err := seal.Public(old); err == nil || !strings.Contains(err.Error(), "keys rotate") {
		t.Errorf("its public half: %v", err)
	}
}

// Given that keyset, when it is rotated, then its newest key is a pair, and what it sealed opens and is to be sealed again.
func TestRotate_SymmetricKeyset_AddsAKeyPair(t *testing.T) {
	old := readVectors(t).SymmetricKeyset
	rotated, err := seal.Rotate(old)
	if err != nil {
		t.Fatal(err)
	}
	value, s := sealed(t, load(t, old), "value"), load(t, rotated)
	if got, err := s.Open(value, []byte("place")); err != nil || string(got) != "value" || s.Current(value) {
		t.Errorf("got %q, %v; current: %t", got, err, s.Current(value))
	}
	if _, err := seal.Public(rotated); err != nil {
		t.Errorf("it has no public half: %v", err)
	}
	if _, err := load(t, old).Open(sealed(t, s, "value"), []byte("place")); !errors.Is(err, seal.ErrOpen) {
		t.Errorf("who has only the older keyset opens a new value: %v", err)
	}
}

// Given a keyset whose primary key was made an older one by hand, then that one seals, and the key pairs open what they sealed.
func TestLoad_OlderKeyIsPrimary_IsTheOneThatSeals(t *testing.T) {
	v := readVectors(t)
	s := load(t, bytes.Replace(v.Keyset, []byte(`"primaryKeyId": 2107373499`), []byte(`"primaryKeyId": 171470294`), 1))
	if got, err := load(t, v.SymmetricKeyset).Open(sealed(t, s, "value"), []byte("place")); err != nil || string(got) != "value" {
		t.Errorf("got %q, %v", got, err)
	}
	last := v.Values[len(v.Values)-1]
	if _, err := s.Open(last.Sealed, []byte(last.AssociatedData)); err != nil {
		t.Errorf("what a pair sealed: %v", err)
	}
}

func TestLoad_HalfOfAKeysetInThePlaceOfTheOther_IsRefused(t *testing.T) {
	v := readVectors(t)
	if _, err := seal.Load(v.PublicKeyset); err == nil || !strings.Contains(err.Error(), "public halves") {
		t.Errorf("the public halves as a keyset: %v", err)
	}
	if _, err := seal.LoadPublic(v.Keyset); err == nil {
		t.Error("secrets are taken for public halves")
	}
}
