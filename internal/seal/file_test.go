package seal_test

import (
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/account-operator/account-operator/internal/seal"
	"github.com/account-operator/account-operator/test/await"
)

// rotated puts a keyset with one more key into a file.
func rotated(t *testing.T, file string) *seal.Sealer {
	t.Helper()
	old, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	keyset, err := seal.Rotate(old)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, keyset, 0o600); err != nil {
		t.Fatal(err)
	}
	return load(t, keyset)
}

func followed(t *testing.T) (file string, s *seal.Sealer) {
	t.Helper()
	file = filepath.Join(t.TempDir(), "keyset.json")
	if err := os.WriteFile(file, newKeyset(t), 0o600); err != nil {
		t.Fatal(err)
	}
	s, err := (seal.File{Path: file}).Follow()
	if err != nil {
		t.Fatal(err)
	}
	return file, s
}

func opens(s *seal.Sealer, value []byte) bool {
	got, err := s.Open(value, []byte("place"))
	return err == nil && string(got) == "value"
}

// Given a file that is followed, when its keyset is rotated again and again, then what each new key sealed opens soon, and what the older ones did.
func TestFollow_KeysetIsRotated_OpensWhatTheNewKeySealed(t *testing.T) {
	file, s := followed(t)
	first := sealed(t, s, "value")
	if value := sealed(t, rotated(t, file), "value"); !opens(s, value) {
		t.Error("what the second key sealed does not open")
	}
	third := sealed(t, rotated(t, file), "value")
	pauses, deadline := await.Pauses(), time.Now().Add(time.Minute)
	for !opens(s, third) {
		if time.Now().After(deadline) {
			t.Fatal("what the third key sealed does not open")
		}
		<-time.After(pauses.Step())
	}
	if !opens(s, first) {
		t.Error("what the first key sealed does not open any more")
	}
}

// Given a file that is followed, when it breaks, then what its keys sealed opens on, and another's value does not.
func TestFollow_FileBreaks_KeepsTheKeys(t *testing.T) {
	file, s := followed(t)
	value := sealed(t, s, "value")
	if err := os.WriteFile(file, []byte("broken"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Open(sealed(t, newSealer(t), "value"), []byte("place")); !errors.Is(err, seal.ErrOpen) {
		t.Errorf("another keyset's value: %v", err)
	}
	if !opens(s, value) {
		t.Error("its own value does not open any more")
	}
}

// Given a sealer that follows nothing, when its file is rotated, then it stays as it was: a manager goes on until it is started again.
func TestLoadFile_KeysetIsRotated_KeepsTheKeys(t *testing.T) {
	file, _ := followed(t)
	s, err := seal.LoadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if opens(s, sealed(t, rotated(t, file), "value")) {
		t.Error("it read the file again")
	}
}

func TestFollow_Missing_SaysSo(t *testing.T) {
	if _, err := (seal.File{Path: filepath.Join(t.TempDir(), "absent")}).Follow(); err == nil {
		t.Error("a file that is not there is followed")
	}
}
