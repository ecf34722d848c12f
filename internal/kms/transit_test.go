package kms_test

import (
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/account-operator/account-operator/internal/kms"
)

// transit stands in for Vault, which these tests cannot build: it encrypts and decrypts as Vault's documentation says that its transit engine
// does, for who shows the token, which who shows the proof gets by logging in. What Vault itself would say to us it does not show.
type transit struct {
	key    cipher.AEAD
	proof  string // of the ServiceAccount
	logins int
}

func newTransit(t *testing.T) *transit {
	t.Helper()
	block, err := aes.NewCipher([]byte(rand.Text()[:16]))
	if err != nil {
		t.Fatal(err)
	}
	key, err := cipher.NewGCMWithRandomNonce(block)
	if err != nil {
		t.Fatal(err)
	}
	return &transit{key: key, proof: rand.Text()}
}

func (v *transit) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	var asked struct {
		Plaintext  []byte `json:"plaintext"` // both in base64
		Associated []byte `json:"associated_data"`
		Ciphertext string `json:"ciphertext"`
		Role       string `json:"role"`
		JWT        string `json:"jwt"`
	}
	if err := json.NewDecoder(r.Body).Decode(&asked); err != nil {
		w.WriteHeader(http.StatusBadRequest)
		return
	}
	allowed := r.Header.Get("X-Vault-Token") == token
	switch {
	case r.URL.Path == "/v1/auth/kubernetes/login" && asked.Role == "operator" && asked.JWT == v.proof:
		v.logins++
		fmt.Fprintf(w, `{"auth": {"client_token": %q}}`, token)
	case r.URL.Path == "/v1/transit/encrypt/keyset" && allowed:
		sealed := v.key.Seal(nil, nil, asked.Plaintext, asked.Associated)
		fmt.Fprintf(w, `{"data": {"ciphertext": "vault:v1:%s"}}`, base64.StdEncoding.EncodeToString(sealed))
	case r.URL.Path == "/v1/transit/decrypt/keyset" && allowed:
		sealed, _ := base64.StdEncoding.DecodeString(strings.TrimPrefix(asked.Ciphertext, "vault:v1:"))
		opened, err := v.key.Open(nil, nil, sealed, asked.Associated)
		if err != nil {
			w.WriteHeader(http.StatusBadRequest)
			return
		}
		fmt.Fprintf(w, `{"data": {"plaintext": %q}}`, base64.StdEncoding.EncodeToString(opened))
	default:
		w.WriteHeader(http.StatusForbidden)
	}
}

// Given a key, when something was wrapped by it, then it opens that again, with the same associated data only, and nothing that was altered.
func TestKey_WrappedByIt_OpensWithItsAssociatedDataOnly(t *testing.T) {
	key, _ := answering(t, newTransit(t).ServeHTTP)
	wrapped, err := key.Encrypt([]byte(plain), []byte("keyset"))
	if err != nil {
		t.Fatal(err)
	}
	if bytes.Contains(wrapped, []byte(plain)) {
		t.Error("what is wrapped stands there as it was")
	}
	if opened, err := key.Decrypt(wrapped, []byte("keyset")); err != nil || string(opened) != plain {
		t.Errorf("%d bytes, %v", len(opened), err)
	}
	if _, err := key.Decrypt(wrapped, []byte("another")); err == nil || !strings.Contains(err.Error(), "another one wrapped it") {
		t.Errorf("with other associated data: %v", err)
	}
	altered := bytes.Clone(wrapped)
	altered[len(altered)-6] ^= 1
	if _, err := key.Decrypt(altered, []byte("keyset")); err == nil || isAway(err) {
		t.Errorf("altered: %v", err)
	}
}

// Given a role, when the key is used, then the ServiceAccount's token is shown as it stands in its file at that time, and no token of the
// environment.
func TestLogIn_ByServiceAccount_ShowsItsPresentToken(t *testing.T) {
	server := newTransit(t)
	_, host := answering(t, server.ServeHTTP)
	t.Setenv("VAULT_TOKEN", "of the environment")
	file := filepath.Join(t.TempDir(), "token")
	key, err := kms.Key(kms.Options{URI: "hcvault://" + host + "/transit/keys/keyset", Role: "operator", AuthMount: "kubernetes", TokenFile: file})
	if err != nil {
		t.Fatal(err)
	}
	write := func(proof string) {
		if err := os.WriteFile(file, []byte(proof+"\n"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write("of before")
	if _, err := key.Encrypt([]byte(plain), nil); err == nil || isAway(err) || !strings.Contains(err.Error(), "refuses it (HTTP 403)") {
		t.Errorf("another token: %v", err)
	}
	write(server.proof)
	wrapped, err := key.Encrypt([]byte(plain), nil)
	if err != nil {
		t.Fatal(err)
	}
	if opened, err := key.Decrypt(wrapped, nil); err != nil || string(opened) != plain || server.logins != 2 {
		t.Errorf("after %d logins: %d bytes, %v", server.logins, len(opened), err)
	}
}
