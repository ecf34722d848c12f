package main

import (
	"context"
	"net"
	"net/http"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/account-operator/account-operator/internal/seal"
	"github.com/account-operator/account-operator/internal/store"
	"github.com/account-operator/account-operator/internal/store/sqlstore"
	"github.com/account-operator/account-operator/test/await"
)

// readable is a store with an account that has a variable, and the flags that name it.
func readable(t *testing.T) (flags string, account string) {
	t.Helper()
	path := "sqlite://" + filepath.Join(t.TempDir(), "accounts.db")
	s, err := sqlstore.Open(t.Context(), path, sqlstore.Options{Sealer: seal.Unsealed(), MigrateOnOpen: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	fenced, err := s.Lead(t.Context(), "c", "l")
	if err != nil {
		t.Fatal(err)
	}
	owner := store.Claim{Cluster: "c", Kind: store.KindAccount, Namespace: "n", NamespaceUID: "n", Name: "alice", UID: "alice"}
	a, err := fenced.PutAccount(t.Context(), owner, store.AccountSpec{Email: "alice@example.com"}, store.Mark{})
	if err == nil {
		set := owner
		set.Kind = store.KindEnvVarSet
		err = fenced.SyncEnvVars(t.Context(), owner, set, func([]store.EnvVar) store.EnvVarPlan {
			return store.EnvVarPlan{Changes: []store.EnvVarChange{{Op: store.EnvVarSet, Name: "TOKEN", Value: store.NewSecret([]byte("canary"))}}}
		})
	}
	if err != nil {
		t.Fatal(err)
	}
	return " --insecure-no-seal --store=" + path, a.ID
}

// Given a store beside which a manager works, when a key is made and shown to manager read, then it reads what an account holds; and once it is
// revoked, not any more.
func TestRead_KeyOfAService_ReadsUntilItIsRevoked(t *testing.T) {
	flags, account := readable(t)
	out, err := executed(t, "keys service create scraper --rights=env --accounts="+account+flags)
	if err != nil {
		t.Fatal(out, err)
	}
	key := regexp.MustCompile(`aok_\S+`).FindString(out)
	if out, err := executed(t, "keys service list"+flags); err != nil || !strings.Contains(out, "scraper") || strings.Contains(out, key) {
		t.Errorf("%v: %s", err, out)
	}

	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	address := "127.0.0.1:" + strconv.Itoa(freePort(t))
	go func() {
		cmd := root()
		cmd.SetArgs(strings.Fields("read --reader-bind-address=" + address + flags))
		ended <- cmd.ExecuteContext(ctx)
	}()
	status := func() int {
		request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "http://"+address+"/v1/accounts/"+account+"/env", nil)
		if err != nil {
			t.Fatal(err)
		}
		request.Header.Set("Authorization", "Bearer "+key)
		response, err := http.DefaultClient.Do(request)
		if err != nil {
			return 0
		}
		_ = response.Body.Close()
		return response.StatusCode
	}
	becomes(t, status, http.StatusOK)
	if out, err := executed(t, "keys service revoke scraper"+flags); err != nil {
		t.Fatal(out, err)
	}
	becomes(t, status, http.StatusUnauthorized)
	cancel()
	if err := await.Value(t, ended); err != nil {
		t.Error(err)
	}
	http.DefaultClient.CloseIdleConnections()
}

// freePort is one on which nobody listens now.
func freePort(t *testing.T) int {
	t.Helper()
	l, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = l.Close() }()
	return l.Addr().(*net.TCPAddr).Port
}

// becomes waits until a status is the wanted one.
func becomes(t *testing.T, status func() int, want int) {
	t.Helper()
	deadline := time.Now().Add(time.Minute)
	for pauses := await.Pauses(); status() != want; <-time.After(pauses.Step()) {
		if time.Now().After(deadline) {
			t.Fatalf("the answer is %d, not %d", status(), want)
		}
	}
}
