package sqlstore_test

import (
	"strings"
	"testing"

	"github.com/account-operator/account-operator/internal/store/sqlstore"
	"github.com/account-operator/account-operator/test/network"
)

// Given an address that would let a password and rows go over a network in clear text, when the store is opened, then nothing is sent,
// and who starts it learns what to write. A name that does not exist shows that a way is taken.
func TestPostgresOpen_WayThatIsNotEncrypted_IsRefused(t *testing.T) {
	for address, want := range map[string]string{
		"postgres://user:hunter2@no-such-host.invalid/db?sslmode=disable":     "would not be encrypted",
		"postgres://user:hunter2@10.0.0.1/db?sslmode=disable":                 "would not be encrypted",
		"postgres://user:hunter2@10.0.0.1/db?sslmode=disable&host=/no/folder": "socket",
		"postgres://user:hunter2@no-such-host.invalid/db?sslmode=allow":       "not known",
		"postgres://user:hunter2@no-such-host.invalid/db":                     "not known",
		"postgres://user:hunter2@127.0.0.1:1/db?sslmode=disable":              "refuses connections",
		"postgres://user:hunter2@[::1]:1/db?sslmode=disable":                  "refuses connections",
		"postgres://user:hunter2@localhost:1/db?sslmode=disable":              "refuses connections",
	} {
		if err := opening(t, address, options(t)); err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "hunter2") {
			t.Errorf("%s: got %v", address, err)
		}
	}
	o := options(t)
	o.InsecureNoTLS = true
	if err := opening(t, "postgres://user@no-such-host.invalid/db?sslmode=disable", o); err == nil || !strings.Contains(err.Error(), "not known") {
		t.Errorf("asked for clear text: got %v", err)
	}
}

// Given a server without TLS, when its address leaves the choice, then the connection is refused and not made in clear text.
func TestPostgresOpen_ServerWithoutTLS_SaysSo(t *testing.T) {
	address, _ := newPostgres(t)
	way := network.To(t, "unix", server.Socket())
	if err := opening(t, strings.Replace(through(t, address, way), "sslmode=disable", "sslmode=require", 1), options(t)); err == nil ||
		!strings.Contains(err.Error(), "takes no encrypted connections") {
		t.Errorf("got %v", err)
	}
}

func opening(t *testing.T, address string, o sqlstore.Options) error {
	t.Helper()
	s, err := sqlstore.Open(t.Context(), address, o)
	if err == nil {
		closeStore(t, s)
	}
	return err
}
