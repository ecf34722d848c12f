package scenarios

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/sync/errgroup"
	"k8s.io/apimachinery/pkg/api/meta"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/account-operator/account-operator/api/v1alpha1"
	"github.com/account-operator/account-operator/internal/store/storetest"
	"github.com/account-operator/account-operator/test/await"
	"github.com/account-operator/account-operator/test/cluster"
	"github.com/account-operator/account-operator/test/fault"
	"github.com/account-operator/account-operator/test/long"
)

// How many sets a restart is tried with, how many share an account, and how long the new manager may take to find all in
// sync.
var settledSets = long.Choose(300, 5000)

const (
	setsPerAccount = 100
	restartBy      = 15 * time.Second
)

// calls counts what was asked of a store.
type calls struct {
	mu sync.Mutex
	of map[string]int
}

func (c *calls) hook(call string, when storetest.Moment) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if when == storetest.Before {
		c.of[call]++
	}
	return nil
}

// takesTheLead are the calls of a manager that begins, whatever there is: none is about one object.
var takesTheLead = []string{"Lead", "Holds", "Vouch", "Applied", "Accounts", "Changes", "Purge", "ManagedUnknown"}

// sinceLast returns the counts, and begins again.
func (c *calls) sinceLast() map[string]int {
	c.mu.Lock()
	defer c.mu.Unlock()
	counted := c.of
	c.of = map[string]int{}
	return counted
}

// createsMany makes accounts and sets, each set with a Secret of its own, as several clients.
func (s *scenario) createsMany(sets int) {
	s.Helper()
	todo, ctx := errgroup.WithContext(context.Background())
	todo.SetLimit(16)
	create := func(objects ...client.Object) {
		todo.Go(func() error {
			for _, o := range objects {
				o.SetNamespace(s.ns)
				if err := s.api.Create(ctx, o); err != nil {
					return err
				}
			}
			return nil
		})
	}
	for n := range sets {
		owner, name := fmt.Sprintf("account-%d", n/setsPerAccount), fmt.Sprintf("set-%d", n)
		if n%setsPerAccount == 0 {
			create(account(owner, owner+"@example.com"))
		}
		create(secret(name, "token", name), envVarSet(name, owner, fromSecret(fmt.Sprintf("TOKEN_%d", n), name, "token")))
	}
	s.must(await.Result(s, todo.Wait))
	within := max(2*soon, time.Duration(sets)*soon/150)
	// The store is cheap to ask; once it has all, the last statuses are not far.
	s.eventually(within, func() string {
		if n := s.count(`SELECT count(*) FROM applied WHERE kind = 'EnvVarSet'`); n < sets {
			return fmt.Sprintf("%d of %d sets are in the store", n, sets)
		}
		return ""
	})
	s.eventually(within, func() string {
		if n := s.readySets(); n < sets {
			return fmt.Sprintf("%d of %d sets are Ready", n, sets)
		}
		return ""
	})
}

func (s *scenario) readySets() (ready int) {
	s.Helper()
	var found v1alpha1.EnvVarSetList
	s.must(s.api.List(context.Background(), &found, client.InNamespace(s.ns)))
	for _, e := range found.Items {
		if meta.IsStatusConditionTrue(e.Status.Conditions, v1alpha1.ConditionReady) {
			ready++
		}
	}
	return ready
}

func TestRestart_ManySetsInSync_RequestsNothing(t *testing.T) {
	restarted := fault.Begin(t, fault.Case{Goal: "G12", Workload: fmt.Sprint(settledSets, " settled sets"), Action: "restart"})
	asked := &calls{of: map[string]int{}}
	s := newScenarioSeeing(t, newView(), asked.hook)
	// Given many sets that are settled
	s.createsMany(settledSets)
	s.stop()
	asked.sinceLast()
	s.watch()

	// When another manager starts, and has reconciled each of them
	s.view.forget()
	begun := time.Now()
	s.startManager()
	restarted.Add(1)
	s.eventually(restartBy, func() string {
		if n := s.view.objectsRead(&v1alpha1.EnvVarSet{}); n < settledSets {
			return fmt.Sprintf("%d of %d sets were looked at", n, settledSets)
		}
		return ""
	})
	t.Logf("%d sets were found in sync %s after the start", settledSets, time.Since(begun).Round(time.Millisecond))
	s.stop()

	// Then it has read no Secret, written nothing, and asked the store for its records and accounts only, page by page
	if n := s.requests(cluster.ByResource("secrets"))["get secrets"]; n != 0 {
		t.Errorf("%d Secrets were read", n)
	}
	if diff := cmp.Diff(map[string]int{}, s.requests(cluster.Writes)); diff != "" {
		t.Errorf("writes to the API server (-want +got):\n%s", diff)
	}
	for call, n := range asked.sinceLast() {
		if !slices.Contains(takesTheLead, call) {
			t.Errorf("the store was asked %d times for %s", n, call)
		}
	}
}
