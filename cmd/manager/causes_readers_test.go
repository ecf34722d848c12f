package main

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/account-operator/account-operator/internal/store"
	"github.com/account-operator/account-operator/test/standin"
)

// typedForReaders are commands that end by themselves, since a key is asked for that cannot be, or readers would be served in clear text, or
// whoever comes.
func typedForReaders(t *testing.T) []end {
	t.Helper()
	flags, account := readable(t)
	cmd := func(typed string) error {
		_, err := executed(t, typed+flags)
		return err
	}
	for range store.ValidKeysOfName {
		if err := cmd("keys service create twice --rights=env --all-accounts"); err != nil {
			t.Fatal(err)
		}
	}
	cert, key, text := filepath.Join(t.TempDir(), "cert"), filepath.Join(t.TempDir(), "key"), filepath.Join(t.TempDir(), "text")
	certText, keyText, err := standin.CertificatePEM()
	if err != nil {
		t.Fatal(err)
	}
	for path, content := range map[string][]byte{cert: certText, key: keyText, text: []byte("no certificate")} {
		if err := os.WriteFile(path, content, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	secure := "read --reader-bind-address=127.0.0.1:0 --reader-tls-cert-file=" + cert + " --reader-tls-key-file=" + key
	return []end{
		{"a key's name that is none", cmd("keys service create A --rights=env --all-accounts"), "exitStartup", "a service's name is of a-z, 0-9, '-' and '.', 63 characters at most"},
		{"a key without rights", cmd("keys service create a --all-accounts"), "exitStartup", "a key without rights is of no use: give --rights=env"},
		{"a right that there is not", cmd("keys service create a --rights=root --all-accounts"), "exitStartup", `--rights has "root"; there are env`},
		{"a key for no account", cmd("keys service create a --rights=env"), "exitStartup", "give either --accounts, up to 1000 of them, or --all-accounts"},
		{"a key for some and all", cmd("keys service create a --rights=env --all-accounts --accounts=1"), "exitStartup", "give either --accounts, up to 1000 of them, or --all-accounts"},
		{"an ID that is none", cmd("keys service create a --rights=env --accounts=x"), "exitStartup", "--accounts: "},
		{"a key that is over at once", cmd("keys service create a --rights=env --all-accounts --valid-for=0"), "exitStartup", "--valid-for is between nothing and two years, such as 2160h"},
		{"a key for ever", cmd("keys service create a --rights=env --all-accounts --valid-for=200000h"), "exitStartup", "--valid-for is between nothing and two years, such as 2160h"},
		{"a third key of a name", cmd("keys service create twice --rights=env --all-accounts"), "exitStartup", "twice has 2 valid keys; revoke one of them first: manager keys service list, then manager keys service revoke twice ID"},
		{"a key that there is not", cmd("keys service revoke a"), "exitStartup", "there is no such key; see manager keys service list"},
		{"tokens of no account", cmd("keys service revoke-tokens x"), "exitStartup", "no ID of an account"},
		{"an account that there is not", cmd("store get 4711"), "exitStartup", `there is no account with the ID "4711"; kubectl get accounts shows each one's as status.accountID`},
		{"an ID of an account that is none", cmd("store get alice --reveal"), "exitStartup", `there is no account with the ID "alice"`},
		{"a variable that there is not", cmd("store get " + account + " ABSENT"), "exitStartup", `has no variable "ABSENT"`},
		{"readers in clear text", cmd("read --reader-bind-address=:0"), "exitStartup", "--reader-bind-address: "},
		{"a CA without a certificate", cmd("read --reader-client-ca-file=" + cert), "exitStartup", "clients show certificates only to a server that has one: give --reader-tls-cert-file and --reader-tls-key-file"},
		{"a certificate that is missing", cmd("read --reader-tls-cert-file=/nowhere --reader-tls-key-file=/nowhere"), "exitStartup", "--reader-tls-cert-file and --reader-tls-key-file: "},
		{"a CA that is missing", cmd(secure + " --reader-client-ca-file=/nowhere"), "exitStartup", "--reader-client-ca-file: open /nowhere"},
		{"a CA that is none", cmd(secure + " --reader-client-ca-file=" + text), "exitStartup", "--reader-client-ca-file: the file holds no certificate"},
		{"grants that are missing", cmd("read --reader-grants-file=/nowhere"), "exitStartup", "--reader-grants-file: open /nowhere"},
		{"an issuer without keys", cmd("read --reader-token-issuer=https://a"), "exitStartup", "--reader-token-issuer, --reader-token-audience and --reader-token-keys: "},
		{"keys in clear text", cmd("read --reader-token-issuer=https://a --reader-token-keys=http://b/c"), "exitStartup", "clear text"},
	}
}
