package main

import (
	"net/http/httptest"
	"os"
	"path/filepath"
	"testing"

	"github.com/tink-crypto/tink-go/v2/aead"
	"github.com/tink-crypto/tink-go/v2/keyset"

	"github.com/account-operator/account-operator/internal/seal"
)

// wrappedByAnother is a file with a keyset that no KMS of these tests opens.
func wrappedByAnother(t *testing.T) string {
	t.Helper()
	handle, err := keyset.NewHandle(aead.AES256GCMKeyTemplate())
	if err != nil {
		t.Fatal(err)
	}
	key, err := aead.New(handle)
	if err != nil {
		t.Fatal(err)
	}
	plain, err := seal.NewKeyset()
	if err != nil {
		t.Fatal(err)
	}
	wrapped, err := seal.Wrap(plain, key)
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "wrapped.json")
	if err := os.WriteFile(file, wrapped, 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

// typedForKMS are commands that end by themselves, since the keyset and what is to open it do not belong together.
func typedForKMS(t *testing.T) []end {
	t.Helper()
	t.Setenv("VAULT_MAX_RETRIES", "0")
	away := httptest.NewServer(nil)
	away.Close()
	wrapped, plain := wrappedByAnother(t), filepath.Join(t.TempDir(), "plain.json")
	if _, err := executed(t, "keys init "+plain); err != nil {
		t.Fatal(err)
	}
	kms := " --seal-keyset-kms=hcvault://" + away.Listener.Addr().String() + "/transit/keys/keyset"
	cmd := func(typed string) error {
		_, err := executed(t, typed)
		return err
	}
	return []end{
		{"a wrapped keyset and no KMS", cmd("store dump --seal-keyset-file=" + wrapped), "exitStartup", "--seal-keyset-file: " + wrapped + ": the keyset is wrapped by a key management service, and none is named: name its key by --seal-keyset-kms"},
		{"a wrapped keyset to rotate, and no KMS", cmd("keys rotate " + wrapped), "exitStartup", "name its key by --seal-keyset-kms"},
		{"a keyset in clear text, and a KMS", cmd("store dump --seal-keyset-file=" + plain + kms), "exitStartup", "though a key management service is named that is to open it: wrap it by 'manager keys wrap', or leave out --seal-keyset-kms"},
		{"a key of a KMS that is none", cmd("store dump --seal-keyset-kms=hcvault://x --seal-keyset-file=" + plain), "exitStartup", "--seal-keyset-kms: the key's URI is as hcvault://HOST:8200/transit/keys/NAME"},
		{"a KMS for values that are not sealed", cmd("store dump --insecure-no-seal" + kms), "exitStartup", "--seal-keyset-kms and --insecure-no-seal exclude each other; give one"},
		{"a keyset to wrap, and no KMS", cmd("keys wrap " + plain), "exitStartup", plain + ": name the key that is to wrap it by --seal-keyset-kms"},
		{"a KMS that is away, for a command", cmd("store dump --seal-keyset-file=" + wrapped + kms), "exitFailed", "connection refused"},
		{"a KMS that is away, for a new keyset", cmd("keys init " + filepath.Join(t.TempDir(), "new.json") + kms), "exitFailed", "connection refused"},
		{"a KMS that is away, to wrap", cmd("keys wrap " + plain + kms), "exitFailed", "connection refused"},
	}
}
