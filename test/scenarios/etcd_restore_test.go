package scenarios

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"testing"

	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/account-operator/account-operator/api/v1alpha1"
	"github.com/account-operator/account-operator/internal/controller/jobs/etcdrestore"
)

// later is a cache that saw the Accounts of a namespace one write later than they are now, as before a cluster was put back.
type later struct {
	client.Reader
	namespace string
	writes    int
}

func (l later) List(ctx context.Context, list client.ObjectList, _ ...client.ListOption) error {
	err := l.Reader.List(ctx, list, client.InNamespace(l.namespace))
	if accounts, ok := list.(*v1alpha1.AccountList); ok && err == nil {
		for n := range accounts.Items {
			version, _ := strconv.Atoi(accounts.Items[n].ResourceVersion)
			accounts.Items[n].ResourceVersion = strconv.Itoa(version + l.writes)
		}
	}
	return err
}

// withLaterWrites has an object that rests, in a cluster that has come further.
func withLaterWrites(t *testing.T) *scenario {
	t.Helper()
	s := newScenario(t)
	alice := account("alice", email)
	s.create(alice)
	s.becomesReady(alice)
	for n := range 5 {
		s.create(secret(fmt.Sprint("s", n)))
	}
	return s
}

func TestEtcdRestore_VersionsHaveCaughtUp_IsDetected(t *testing.T) {
	// given an object that rests, in a cluster that has come further
	s := withLaterWrites(t)

	// when a cache has seen it as it is, then all is well
	seen := later{Reader: s.api, namespace: s.ns}
	s.must((&etcdrestore.Watch{Cached: seen, Live: s.api}).Compare(t.Context()))

	// when it has seen a later state of it, which is not newer than all there is, then the cluster was put back
	seen.writes = 1
	if err := (&etcdrestore.Watch{Cached: seen, Live: s.api}).Compare(t.Context()); !errors.Is(err, etcdrestore.ErrRestored) {
		t.Errorf("got %v", err)
	}

	// and when it has seen what is newer than all there is, too
	seen.writes = 1 << 40
	if err := (&etcdrestore.Watch{Cached: seen, Live: s.api}).Compare(t.Context()); !errors.Is(err, etcdrestore.ErrRestored) {
		t.Errorf("got %v", err)
	}
}

// withLost is a cache that has, as its newest, an object which the older state does not have.
type withLost struct{ later }

func (w withLost) List(ctx context.Context, list client.ObjectList, o ...client.ListOption) error {
	err := w.later.List(ctx, list, o...)
	if accounts, ok := list.(*v1alpha1.AccountList); ok && err == nil && len(accounts.Items) > 0 {
		lost := accounts.Items[0].DeepCopy()
		version, _ := strconv.Atoi(lost.ResourceVersion)
		lost.Name, lost.UID, lost.ResourceVersion = "lost", "lost", strconv.Itoa(version+1)
		accounts.Items = append(accounts.Items, *lost)
	}
	return err
}

// Where the newest object was one that the older state lacks, nothing was concluded, and a manager without a Lease missed what was
// changed right after a restore (seen once in four runs).
func TestEtcdRestore_NewestObjectIsLost_OlderOnesAreCompared(t *testing.T) {
	// given an object that rests, in a cluster that has come further
	s := withLaterWrites(t)

	// when the cache knows it as it is, beside one that is not there, then it is not known
	seen := withLost{later{Reader: s.api, namespace: s.ns}}
	s.must((&etcdrestore.Watch{Cached: seen, Live: s.api}).Compare(t.Context()))

	// when the cache has seen a later state of it, then the cluster was put back
	seen.writes = 1
	if err := (&etcdrestore.Watch{Cached: seen, Live: s.api}).Compare(t.Context()); !errors.Is(err, etcdrestore.ErrRestored) {
		t.Errorf("got %v", err)
	}
}
