package reader_test

import (
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/go-logr/logr"

	"github.com/account-operator/account-operator/internal/reader"
	"github.com/account-operator/account-operator/test/await"
)

// Given a file that is not right, when it is loaded, then the error names what is wrong.
func TestLoadGrants_WrongFile_NamesWhatIsWrong(t *testing.T) {
	for text, want := range map[string]string{
		"serviceAccounts: [{namespace: a, name: b, rights: [env]}]":                            "needs accounts",
		"serviceAccounts: [{namespace: a, name: b, accounts: all}]":                            "has no rights",
		"serviceAccounts: [{namespace: a, name: b, rights: [env], accounts: [x]}]":             "no ID of an account",
		"serviceAccounts: [{namespace: a, name: b, rights: [env], accounts: []}]":              "needs accounts",
		"serviceAccounts: [{namespace: a, name: b, rights: [env], accounts: every}]":           "needs accounts",
		"serviceAccounts: [{namespace: a, name: b, rights: [root], accounts: all}]":            `has the right "root"`,
		"serviceAccounts: [{namespace: a, rights: [env], accounts: all}]":                      "needs a namespace and a name",
		"certificates: [{rights: [env], accounts: all}]":                                       "needs either a uri or a dns",
		"certificates: [{uri: a, dns: b, rights: [env], accounts: all}]":                       "needs either a uri or a dns",
		"certificates: [{uri: a, rights: [env], accounts: all, right: x}]":                     "field right not found",
		"certificates: [" + strings.Repeat("{uri: a, rights: [env], accounts: all},", 2) + "]": "is named twice",
		"{": "yaml",
	} {
		path := filepath.Join(t.TempDir(), "grants.yaml")
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := reader.LoadGrants(path, logr.Discard()); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", text, err)
		}
	}
}

// Given a file that is changed, when who is named in it asks, then what it says now holds; and where it is not right, what it said before.
func TestGrants_FileChanges_AreTakenUp(t *testing.T) {
	i := newIssuer(t)
	identities, err := reader.LoadIdentities(t.Context(), issuerName, audience, i.file)
	if err != nil {
		t.Fatal(err)
	}
	path, grants := granted(t, agents)
	s := newScene(t, grants, func(o *reader.Options) { o.Identities = identities })
	token := i.token(claims())
	status := func() int { return s.ask(http.MethodGet, "/v1/accounts/"+s.alice+"/env", token).status }
	if got := status(); got != http.StatusOK {
		t.Fatal(got)
	}
	s.must(os.WriteFile(path, []byte("serviceAccounts: [{}]"), 0o600))
	<-time.After(1100 * time.Millisecond) // after which it is looked at again
	if got := status(); got != http.StatusOK {
		t.Errorf("a file that is not right: %d", got)
	}
	s.must(os.WriteFile(path, []byte("serviceAccounts: []"), 0o600))
	await.Value(t, s.until(func() bool { return status() == http.StatusUnauthorized }))
}

func TestListen_WithoutTLS_OnlyOnTheMachineItself(t *testing.T) {
	for _, address := range []string{":0", "0.0.0.0:0", "[::]:0", "192.0.2.1:0", "example.com:0", ""} {
		if _, err := reader.Listen(t.Context(), address, nil, nil, logr.Discard()); err == nil {
			t.Errorf("%q is taken", address)
		}
	}
}
