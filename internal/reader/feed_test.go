package reader

import (
	"context"
	"database/sql"
	"path/filepath"
	"slices"
	"strconv"
	"testing"

	"github.com/account-operator/account-operator/internal/seal"
	"github.com/account-operator/account-operator/internal/store"
	"github.com/account-operator/account-operator/internal/store/sqlstore"
)

// fed is a feed that looks when it is asked to, on a store with one account.
type fed struct {
	*feed
	*testing.T
	path    string
	fenced  store.FencedStore
	account int64
}

func newFed(t *testing.T) *fed {
	t.Helper()
	f := &fed{T: t, path: filepath.Join(t.TempDir(), "accounts.db")}
	s, err := sqlstore.Open(t.Context(), "sqlite://"+f.path, sqlstore.Options{Sealer: seal.Unsealed(), MigrateOnOpen: true})
	f.must(err)
	t.Cleanup(func() { _ = s.Close() })
	f.feed = newFeed(s)
	f.fenced, err = s.Lead(t.Context(), "c", "l")
	f.must(err)
	a, err := f.fenced.PutAccount(t.Context(), holding(store.KindAccount), store.AccountSpec{Email: "alice@example.com"}, store.Mark{})
	f.must(err)
	f.account, err = strconv.ParseInt(a.ID, 10, 64)
	f.must(err)
	f.must(f.look(t.Context()))
	return f
}

func holding(kind store.Kind) store.Claim {
	return store.Claim{Cluster: "c", Kind: kind, Namespace: "n", NamespaceUID: "n", Name: "alice", UID: "alice"}
}

func (f *fed) must(err error) {
	f.Helper()
	if err != nil {
		f.Fatal(err)
	}
}

// changes changes the account so often, with a look after each time.
func (f *fed) changes(times int) {
	f.Helper()
	for n := range times {
		f.must(f.fenced.SyncEnvVars(f.Context(), holding(store.KindAccount), holding(store.KindEnvVarSet), func([]store.EnvVar) store.EnvVarPlan {
			return store.EnvVarPlan{Changes: []store.EnvVarChange{{Op: store.EnvVarSet, Name: "N", Value: store.NewSecret([]byte(strconv.Itoa(n)))}}}
		}))
		f.must(f.look(f.Context()))
	}
}

func everyone(int64) bool { return true }

// Given a client that has its position, when the account changes as often as is kept, then the client has it once; and when once more, then it is
// sent to the store for what it missed, and so is its cursor.
func TestFeed_MoreChangesThanAreKept_AreAskedOfTheStore(t *testing.T) {
	f := newFed(t)
	_, at, _ := f.since(f.find(""), everyone)
	f.changes(stepsKept)
	accounts, _, lost := f.since(at, everyone)
	if lost || !slices.Equal(accounts, []int64{f.account}) || !f.find(at.cursor).known {
		t.Errorf("lost: %t; the changed accounts are %v", lost, accounts)
	}
	f.changes(1)
	if _, _, lost := f.since(at, everyone); !lost {
		t.Error("a change is hidden from a client that was slow")
	}
	if f.find(at.cursor).known {
		t.Error("a cursor of before what is kept is followed from where it says nothing")
	}
}

// Given a client that has its position, when the store is put back and then changes, then the client is sent to the store, which knows its cursor no
// more: it does not go on with what changed since, as if nothing had been before.
func TestFeed_StoreIsPutBack_NoPositionIsGoodAnyMore(t *testing.T) {
	f := newFed(t)
	f.changes(3)
	_, at, _ := f.since(f.find(""), everyone)
	db, err := sql.Open("sqlite", "file:"+f.path+"?_pragma=busy_timeout(5000)")
	f.must(err)
	defer func() { _ = db.Close() }()
	_, err = db.ExecContext(context.WithoutCancel(t.Context()), `UPDATE identity SET incarnation = incarnation + 1`)
	f.must(err)
	f.must(f.look(t.Context()))
	if _, _, lost := f.since(at, everyone); !lost {
		t.Error("it goes on as if the store were the same")
	}
	if f.find(at.cursor).known {
		t.Error("its cursor is followed")
	}
}
