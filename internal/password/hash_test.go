package password_test

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"strings"
	"testing"

	"golang.org/x/crypto/argon2"

	"github.com/account-operator/account-operator/internal/password"
)

// opens judges a PHC string as any program would that reads the store.
func opens(t *testing.T, phc []byte, candidate string) bool {
	t.Helper()
	parts := strings.Split(string(phc), "$")
	if len(parts) != 6 || parts[1] != "argon2id" {
		t.Fatalf("not a PHC string of argon2id: %d parts", len(parts))
	}
	var version int
	var memory, passes uint32
	var threads uint8
	_, err := fmt.Sscanf(parts[2]+" "+parts[3], "v=%d m=%d,t=%d,p=%d", &version, &memory, &passes, &threads)
	if err != nil || version != 0x13 || memory < 19*1024 || passes < 2 {
		t.Fatalf("parameters %s %s: %v", parts[2], parts[3], err)
	}
	salt, saltErr := base64.RawStdEncoding.DecodeString(parts[4])
	key, keyErr := base64.RawStdEncoding.DecodeString(parts[5])
	if err := errors.Join(saltErr, keyErr); err != nil || len(salt) < 16 || len(key) < 32 {
		t.Fatalf("salt of %d bytes, key of %d: %v", len(salt), len(key), err)
	}
	again := argon2.IDKey([]byte(candidate), salt, passes, memory, threads, uint32(len(key)))
	return string(again) == string(key)
}

func hash(t *testing.T, chosen string) []byte {
	t.Helper()
	got, err := password.NewHasher().Hash(t.Context(), chosen)
	if err != nil {
		t.Fatal(err)
	}
	return got.Reveal()
}

func TestHash_AnotherPassword_DoesNotOpen(t *testing.T) {
	phc := hash(t, "violet tigers dance")
	if !opens(t, phc, "violet tigers dance") {
		t.Error("the password does not open its own hash")
	}
	if opens(t, phc, "violet tigers danced") {
		t.Error("another password opens it")
	}
	if string(phc) == string(hash(t, "violet tigers dance")) {
		t.Error("two hashes of one password are equal: there is no salt")
	}
}

func TestHash_LettersComposedOtherwise_IsTheSame(t *testing.T) {
	if phc := hash(t, "grune Tiger u\u0308ben"); !opens(t, phc, "grune Tiger üben") {
		t.Error("ü of two code points is not ü of one")
	}
}

func TestHash_RequestCancelled_IsNotMade(t *testing.T) {
	ctx, leave := context.WithCancel(t.Context())
	leave()
	if _, err := password.NewHasher().Hash(ctx, "violet tigers dance"); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
}
