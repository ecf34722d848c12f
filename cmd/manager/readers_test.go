package main

import (
	"context"
	"crypto/tls"
	"errors"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	certutil "k8s.io/client-go/util/cert"

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

	address := "127.0.0.1:" + strconv.Itoa(freePort(t))
	stop := started(t, "read --reader-bind-address="+address+flags)
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
	stop()
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

// Given a reader whose certificate comes from a Secret, when the Secret has the next one, as a kubelet brings it, then whoever connects is shown that.
func TestRead_CertificateIsRotated_NextOneIsShown(t *testing.T) {
	flags, _ := readable(t)
	folder := t.TempDir()
	rotate := func(name string) {
		certificate, key, err := certutil.GenerateSelfSignedCertKey(name, nil, nil)
		version := filepath.Join(folder, name)
		if err = errors.Join(err, os.Mkdir(version, 0o700), os.WriteFile(filepath.Join(version, "tls.crt"), certificate, 0o600),
			os.WriteFile(filepath.Join(version, "tls.key"), key, 0o600), os.Symlink(name, filepath.Join(folder, "next")),
			os.Rename(filepath.Join(folder, "next"), filepath.Join(folder, "..data"))); err != nil {
			t.Fatal(err)
		}
	}
	rotate("first")
	for _, name := range []string{"tls.crt", "tls.key"} {
		if err := os.Symlink("..data/"+name, filepath.Join(folder, name)); err != nil {
			t.Fatal(err)
		}
	}
	address := "127.0.0.1:" + strconv.Itoa(freePort(t))
	stop := started(t, "read --reader-bind-address="+address+" --reader-tls-cert-file="+folder+"/tls.crt --reader-tls-key-file="+folder+"/tls.key"+flags)
	shown := func(name string) func() int {
		return func() int {
			dialer := &tls.Dialer{Config: &tls.Config{InsecureSkipVerify: true}} //nolint:gosec // whom it shows is the question
			connection, err := dialer.DialContext(t.Context(), "tcp", address)
			if err != nil {
				return 0
			}
			defer func() { _ = connection.Close() }()
			if connection.(*tls.Conn).ConnectionState().PeerCertificates[0].VerifyHostname(name) != nil {
				return 0
			}
			return http.StatusOK
		}
	}
	becomes(t, shown("first"), http.StatusOK)
	rotate("second")
	becomes(t, shown("second"), http.StatusOK)
	stop()
}

// started runs a command until it is stopped, which it has to end by without an error.
func started(t *testing.T, typed string) (stop func()) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() {
		cmd := root()
		cmd.SetArgs(strings.Fields(typed))
		ended <- cmd.ExecuteContext(ctx)
	}()
	return func() {
		t.Helper()
		cancel()
		if err := await.Value(t, ended); err != nil {
			t.Error(err)
		}
	}
}
