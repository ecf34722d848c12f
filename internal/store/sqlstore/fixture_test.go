package sqlstore_test

import (
	"context"
	"testing"
	"time"

	"github.com/account-operator/account-operator/internal/seal"
	"github.com/account-operator/account-operator/internal/store"
	"github.com/account-operator/account-operator/internal/store/sqlstore"
	"github.com/account-operator/account-operator/internal/store/storetest"
)

// dialects make an empty database of each kind.
var dialects = map[string]func(testing.TB) (string, foreign){"sqlite": newSQLite, "postgres": newPostgres}

// each runs a test for each dialect.
func each(t *testing.T, run func(t *testing.T, address string, foreign foreign)) {
	for name, dialect := range dialects {
		t.Run(name, func(t *testing.T) {
			address, foreign := dialect(t)
			run(t, address, foreign)
		})
	}
}

// fixture is for a database that has its schema: hundreds of promises are proved, and each on a copy of one that was migrated.
func fixture(t *testing.T, address string, foreign foreign) storetest.Fixture {
	t.Helper()
	o := options(t)
	s := open(t, address, o)
	return storetest.Fixture{
		Store: s, SQL: foreign.exec, Rows: foreign.rows,
		Reopen: func() store.Store {
			closeStore(t, s)
			s = open(t, address, o)
			return s
		},
	}
}

func options(t testing.TB) sqlstore.Options {
	t.Helper()
	return sqlstore.Options{Sealer: load(t, newKeyset(t)), RecoveryWindow: time.Hour, AuditRetention: 24 * time.Hour, MigrateOnOpen: true}
}

func newKeyset(t testing.TB) []byte {
	t.Helper()
	keyset, err := seal.NewKeyset()
	if err != nil {
		t.Fatal(err)
	}
	return keyset
}

func load(t testing.TB, keyset []byte) *seal.Sealer {
	t.Helper()
	sealer, err := seal.Load(keyset)
	if err != nil {
		t.Fatal(err)
	}
	return sealer
}

func open(t testing.TB, address string, o sqlstore.Options) *sqlstore.Store {
	t.Helper()
	s, err := sqlstore.Open(context.Background(), address, o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	return s
}

// migrateSchema leaves an empty database with the schema, and nobody connected to it.
func migrateSchema(t testing.TB, address string) {
	t.Helper()
	o := options(t)
	o.MigrateOnOpen = false
	s := open(t, address, o)
	must(t, s.MigrateSchema(t.Context()))
	closeStore(t, s)
}

func closeStore(t testing.TB, s store.Store) {
	t.Helper()
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
}

func claim(kind store.Kind, name string) store.Claim {
	return store.Claim{Cluster: "c", Kind: kind, Namespace: "team", NamespaceUID: "n", Name: name, UID: name}
}

// filled leads the store and puts two accounts, a variable, a connection and a key into it. The values hold the word canary.
func filled(t testing.TB, s *sqlstore.Store) store.FencedStore {
	t.Helper()
	ctx := t.Context()
	fenced, err := s.Lead(ctx, "c", "l")
	must(t, err)
	mark := store.Mark{Generation: 1, Record: "r"}
	alice := claim(store.KindAccount, "alice")
	for _, name := range []string{"alice", "bob"} {
		_, err := fenced.PutAccount(ctx, claim(store.KindAccount, name), store.AccountSpec{Email: name + "@example.com"}, mark)
		must(t, err)
	}
	must(t, setVar(t, fenced, "TOKEN", "canary-token"))
	_, err = fenced.Connections().Put(ctx, claim(store.KindCloudConnection, "data"), alice, store.Connection{
		Type: "AmazonS3", Credentials: map[string]store.Secret{"key": store.NewSecret([]byte("canary-key"))},
	}, mark)
	must(t, err)
	_, err = fenced.SSHKeys().Put(ctx, claim(store.KindSSHKey, "laptop"), alice, store.SSHKey{Type: "ssh-ed25519"}, mark)
	must(t, err)
	return fenced
}

// setVar writes one of alice's variables.
func setVar(t testing.TB, fenced store.FencedStore, name, value string) error {
	t.Helper()
	return fenced.SyncEnvVars(t.Context(), claim(store.KindAccount, "alice"), claim(store.KindEnvVarSet, "env"),
		func([]store.EnvVar) store.EnvVarPlan {
			return store.EnvVarPlan{
				Changes: []store.EnvVarChange{{Op: store.EnvVarSet, Name: name, Value: store.NewSecret([]byte(value))}},
				Mark:    &store.Mark{Generation: 1, Record: "r"},
			}
		})
}

// heard is the next claim of an object that the feed delivers.
func heard(feed <-chan store.Claim) store.Claim {
	for c := range feed {
		if c.Kind != store.KindMail {
			return c
		}
	}
	return store.Claim{}
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
