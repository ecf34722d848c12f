package seal_test

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/account-operator/account-operator/internal/seal"
)

func TestLoadRefusesWhatIsNoKeysetWithoutQuotingIt(t *testing.T) {
	good := string(newKeyset(t))
	for name, content := range map[string]string{
		"empty":       "",
		"white space": " \n",
		"text":        "canary-not-json",
		"no keys":     `{"primaryKeyId":1,"key":[]}`,
		"cut":         good[:len(good)/2],
		"other type":  strings.Replace(good, "AesGcmKey", "canaryKey", 1),
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

func TestAFileMayHoldAMebibyte(t *testing.T) {
	path := filepath.Join(t.TempDir(), "keyset.json")
	content := append(newKeyset(t), bytes.Repeat([]byte{'\n'}, 1<<20)...)
	if err := os.WriteFile(path, content[:1<<20], 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := seal.LoadFile(path); err != nil {
		t.Error(err)
	}
}

func TestUnsealedSaysSo(t *testing.T) {
	if seal.Unsealed().Encrypts() {
		t.Error("claims to encrypt")
	}
}
