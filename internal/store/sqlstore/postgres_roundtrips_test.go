package sqlstore_test

import (
	"net"
	"net/url"
	"path/filepath"
	"sync/atomic"
	"testing"

	"github.com/account-operator/account-operator/internal/store"
)

// turns counts how often a client speaks after the server did: its round trips.
type turns struct {
	count  atomic.Int64
	listen atomic.Bool // the client is listening, so what it says next is a new turn
}

// between puts a counter between clients and the server, and returns the address to use instead.
func between(t testing.TB, address string) (string, *turns) {
	t.Helper()
	direct, err := url.Parse(address)
	must(t, err)
	query := direct.Query()
	socket := ".s.PGSQL." + query.Get("port")
	behind := filepath.Join(query.Get("host"), socket)
	folder := t.TempDir()
	front, err := new(net.ListenConfig).Listen(t.Context(), "unix", filepath.Join(folder, socket))
	must(t, err)
	t.Cleanup(func() { _ = front.Close() })
	c := &turns{}
	go func() {
		for {
			client, err := front.Accept()
			if err != nil {
				return
			}
			server, err := new(net.Dialer).DialContext(t.Context(), "unix", behind)
			if err != nil {
				_ = client.Close()
				return
			}
			go c.copy(server, client, true)
			go c.copy(client, server, false)
		}
	}()
	query.Set("host", folder)
	direct.RawQuery = query.Encode()
	return direct.String(), c
}

func (c *turns) copy(to, from net.Conn, fromClient bool) {
	defer func() { _, _ = to.Close(), from.Close() }()
	buffer := make([]byte, 64<<10)
	for {
		n, err := from.Read(buffer)
		if err != nil {
			return
		}
		if fromClient && c.listen.Swap(false) {
			c.count.Add(1)
		}
		if !fromClient {
			c.listen.Store(true)
		}
		if _, err := to.Write(buffer[:n]); err != nil {
			return
		}
	}
}

func TestPostgres_Calls_TakeFewRoundTrips(t *testing.T) {
	address, _ := newPostgres(t)
	address, turns := between(t, address)
	o := options(t)
	o.MaxConnections = 1
	fenced := filled(t, open(t, address, o))
	alice, env := claim(store.KindAccount, "alice"), claim(store.KindEnvVarSet, "env")
	for _, call := range []struct {
		name string
		want int64
		do   func() error
	}{
		{"SyncEnvVars", 2, func() error { return fenced.SyncEnvVars(t.Context(), alice, env, ten(1)) }},
		{"SyncEnvVars that changes nothing", 2, func() error { // the second takes the transaction back
			return fenced.SyncEnvVars(t.Context(), alice, env, func([]store.EnvVar) store.EnvVarPlan { return store.EnvVarPlan{} })
		}},
		{"SyncPairs", 3, func() error { // what the accounts have is asked for by their IDs
			_, err := fenced.SyncPairs(t.Context(), claim(store.KindEnvVarSet, "many"), []store.Claim{alice, claim(store.KindAccount, "bob")}, []string{"OF_MANY"},
				func(store.Pair, []store.EnvVar) store.EnvVarPlan {
					return store.EnvVarPlan{Changes: []store.EnvVarChange{{Op: store.EnvVarSet, Name: "OF_MANY"}}}
				})
			return err
		}},
		{"SyncEnvVars and RemoveEnvVars", 4, func() error {
			once := claim(store.KindEnvVarSet, "once")
			if err := fenced.SyncEnvVars(t.Context(), alice, once, func([]store.EnvVar) store.EnvVarPlan {
				return store.EnvVarPlan{Changes: []store.EnvVarChange{{Op: store.EnvVarSet, Name: "ONCE"}}}
			}); err != nil {
				return err
			}
			return fenced.RemoveEnvVars(t.Context(), once, false)
		}},
		{"PutAccount", 2, func() error {
			_, err := fenced.PutAccount(t.Context(), alice, store.AccountSpec{Email: "alice@example.com"}, store.Mark{})
			return err
		}},
		{"Account", 1, func() error { _, err := fenced.Account(t.Context(), alice); return err }},
		{"Applied", 1, func() error { _, err := fenced.Applied(t.Context(), store.KindAccount, "", 10); return err }},
		{"Accounts", 1, func() error { _, err := fenced.Accounts(t.Context(), "", 10); return err }},
		{"PutConnection", 2, func() error {
			_, err := fenced.Connections().Put(t.Context(), claim(store.KindCloudConnection, "data"), alice, store.Connection{Type: "Dropbox"}, store.Mark{})
			return err
		}},
	} {
		must(t, call.do()) // the first time statements are prepared
		least := int64(100)
		for range 5 { // the pool asks for a sign of life when the last call was long ago
			before := turns.count.Load()
			must(t, call.do())
			least = min(least, turns.count.Load()-before)
		}
		if least != call.want {
			t.Errorf("%s: %d round trips, wanted %d", call.name, least, call.want)
		}
	}
}
