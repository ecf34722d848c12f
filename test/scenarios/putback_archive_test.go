package scenarios

import (
	"context"
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/account-operator/account-operator/api/v1alpha1"
	"github.com/account-operator/account-operator/internal/controller"
	"github.com/account-operator/account-operator/internal/controller/leader"
	"github.com/account-operator/account-operator/internal/controller/object"
	"github.com/account-operator/account-operator/internal/controller/status"
	"github.com/account-operator/account-operator/internal/seal"
	"github.com/account-operator/account-operator/internal/storerecord"
	"github.com/account-operator/account-operator/test/await"
	"github.com/account-operator/account-operator/test/postgres"
)

// afterPutBack is how long everything may take until it is as the objects say, from when the store is there again.
const afterPutBack = 30 * time.Second

// archive is a store whose server can be put back to an older state, and a manager on it.
type archive struct {
	*scenario
	of     *postgres.Server
	chance *rand.Rand
	given  map[string]string // each ID of an account that status ever showed: whose it is
	first  threesome         // is there in any case
}

// newArchive starts a server of the test's own: what others have in theirs is to stay.
func newArchive(t *testing.T) *postgres.Server {
	t.Helper()
	own, err := postgres.Start(t.Context(), postgres.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := own.Stop(); err != nil {
			t.Error(err)
		}
	})
	return own
}

func newArchiveOn(t *testing.T, own *postgres.Server, seed uint64) *archive {
	t.Helper()
	keyset, err := seal.NewKeyset()
	if err != nil {
		t.Fatal(err)
	}
	s := &archive{
		scenario: &scenario{T: t, keyset: keyset, hook: nothingFails, server: own.NewDatabase(t)}, of: own, given: map[string]string{},
		chance: rand.New(rand.NewPCG(seed, 0)), //nolint:gosec // it need not be secret
	}
	s.tune = func(o *controller.Options) { o.Record = recordOf(s.scenario) }
	s.begin()
	s.first = s.makes(1000)
	s.becomesReady(s.first.account, s.first.set, s.first.conn)
	return s
}

// recordOf is what the cluster knows of the scenario's store.
func recordOf(s *scenario) leader.StoreRecord {
	s.Helper()
	record, err := storerecord.Load(context.Background(), storerecord.Options{
		Client: s.api, At: client.ObjectKey{Namespace: s.ns, Name: "account-operator-store"}, Scope: storerecord.Scope{Namespaces: []string{s.ns}},
	})
	s.must(err)
	return record
}

// commits is how many writes the store has had.
func (s *archive) commits() int {
	s.Helper()
	return s.count(`SELECT coalesce(max(id), 0) FROM audit`)
}

// passes waits until so many more writes were made, or a while.
func (s *archive) passes(writes int) {
	s.Helper()
	for goal, end := s.commits()+writes, time.Now().Add(2*time.Second); s.commits() < goal && time.Now().Before(end); {
		s.notes()
	}
}

// notes whose each ID is that status shows.
func (s *archive) notes() {
	s.Helper()
	var accounts v1alpha1.AccountList
	s.must(s.api.List(context.Background(), &accounts, client.InNamespace(s.ns)))
	for _, a := range accounts.Items {
		id, uid := a.Status.AccountID, string(a.UID)
		if id == "" {
			continue
		}
		if had, known := s.given[id]; known && had != uid {
			s.Fatalf("the ID %s was given out twice: to %s, and to %s", id, had, uid)
		}
		s.given[id] = uid
	}
}

// threesome is an account with a set and a connection.
type threesome struct {
	account *v1alpha1.Account
	set     *v1alpha1.EnvVarSet
	conn    *v1alpha1.CloudConnection
}

func (s *archive) makes(n int) threesome {
	s.Helper()
	name := fmt.Sprintf("a%d", n)
	x := threesome{account(name, name+"@example.com"), envVarSet(name, name, fromSecret("TOKEN", name, "token")), s3Connection(name, name, name)}
	s.create(secret(name, "token", "1", "access-key-id", "1", "secret-access-key", "2"), x.account, x.set, x.conn)
	return x
}

// rotates gives the variable of a threesome a value that is longer by one.
func (s *archive) rotates(x threesome) {
	s.Helper()
	src := secret(x.set.Name)
	src.Namespace = s.ns
	change(s.scenario, src, func(src *corev1.Secret) { src.Data["token"] = append(src.Data["token"], 'x') })
}

// asTheObjectsSay complains unless every live object is Ready and has its rows, with the values of its Secret.
func (s *archive) asTheObjectsSay(all []threesome) string {
	s.Helper()
	s.notes()
	for _, x := range all {
		for _, o := range []object.Object{x.account, x.set, x.conn} {
			if err := s.api.Get(context.Background(), client.ObjectKeyFromObject(o), o); err != nil {
				return err.Error()
			}
			if reason, ready := status.ReadyReason(o); !ready {
				return fmt.Sprintf("%T %s says %s", o, o.GetName(), reason)
			}
		}
		if n := s.count(`SELECT count(*) FROM accounts WHERE uid = ? AND deleted_at IS NULL AND CAST(id AS TEXT) = ?`,
			string(x.account.UID), x.account.Status.AccountID); n != 1 {
			return x.account.Name + " has no account of the ID that it says"
		}
		if n := s.count(`SELECT count(*) FROM connections WHERE uid = ?`, string(x.conn.UID)); n != 1 {
			return x.conn.Name + " has no connection"
		}
		var src corev1.Secret
		s.must(s.api.Get(context.Background(), client.ObjectKeyFromObject(x.set), &src))
		sealed := s.count(`SELECT coalesce(max(length(value)), 0) FROM env_vars WHERE owner_uid = ?`, string(x.set.UID))
		if overhead := sealed - len(src.Data["token"]); overhead != s.overhead() {
			return fmt.Sprintf("%s has not the value of its Secret: %d bytes for %d", x.set.Name, sealed, len(src.Data["token"]))
		}
	}
	return ""
}

// overhead is how much longer a sealed value is than what it seals.
func (s *archive) overhead() int {
	s.Helper()
	sealer, err := seal.Load(s.keyset)
	s.must(err)
	sealed, err := sealer.Seal(nil, nil)
	s.must(err)
	return len(sealed)
}

// putBackAt takes the copy after some writes of the work, puts it back after some more, and returns how many are gone.
func (s *archive) putBackAt(before, lost int) int {
	s.Helper()
	s.passes(before)
	s.must(s.of.Snapshot(context.Background()))
	kept := s.commits()
	s.rotates(s.first) // so that something is lost in any case
	s.eventually(soon, func() string {
		if s.commits() == kept {
			return "nothing was written"
		}
		return ""
	})
	s.passes(lost - 1)
	s.notes()
	gone := s.commits() - kept
	s.must(s.of.PutBack(context.Background()))
	return gone
}

// putBackWorkloads are those of which the store is put back in the middle. Each returns the objects that are to be there in the end.
var putBackWorkloads = map[string]func(s *archive, act func(), size int) []threesome{
	"apply": func(s *archive, act func(), size int) (all []threesome) {
		done := make(chan struct{})
		go func() { defer close(done); act() }()
		for n := range size {
			all = append(all, s.makes(n))
		}
		await.Value(s, done)
		return all
	},
	"rotation": func(s *archive, act func(), size int) (all []threesome) {
		for n := range size {
			all = append(all, s.makes(n))
		}
		s.eventually(soon, func() string { return s.asTheObjectsSay(all) })
		done := make(chan struct{})
		go func() { defer close(done); act() }()
		for going := true; going; {
			s.rotates(all[s.chance.IntN(len(all))])
			select {
			case <-done:
				going = false
			default:
			}
		}
		return all
	},
	"deletion": func(s *archive, act func(), size int) []threesome {
		var all []threesome
		for n := range size {
			all = append(all, s.makes(n))
		}
		s.eventually(soon, func() string { return s.asTheObjectsSay(all) })
		done := make(chan struct{})
		go func() { defer close(done); act() }()
		for _, x := range all[size/2:] {
			s.delete(x.conn)
			s.delete(x.set)
			s.delete(x.account)
		}
		await.Value(s, done)
		for _, x := range all[size/2:] {
			s.isGoneWithin(afterPutBack, x.account)
			s.isGoneWithin(afterPutBack, x.set)
			s.isGoneWithin(afterPutBack, x.conn)
		}
		return all[:size/2]
	},
}

// hasEvent waits for an event of the scenario's namespace.
func (s *scenario) hasEvent(reason string) {
	s.Helper()
	s.eventually(soon, func() string {
		var all corev1.EventList
		s.must(s.api.List(context.Background(), &all, client.InNamespace(s.ns)))
		for _, e := range all.Items {
			if e.Reason == reason {
				return ""
			}
		}
		return "no event " + reason
	})
}
