package e2e_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"golang.org/x/sync/errgroup"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/account-operator/account-operator/api/v1alpha1"
	"github.com/account-operator/account-operator/test/await"
	"github.com/account-operator/account-operator/test/fault"
	longform "github.com/account-operator/account-operator/test/long"
	"github.com/account-operator/account-operator/test/manager"
)

// chartLimit is the memory that the chart and config/manager give the manager.
const chartLimit = 512 << 20

// Given a namespace full of objects of every kind that are as dear as the schema allows, and a manager with no more memory than
// the chart gives it, when the manager starts and when all of them change at once, then it lives, and the objects of another
// namespace are Ready within 30 seconds each time (in the long form, which has the machine for itself).
func TestManager_HostileObjectsOfEveryKind_LivesAndServesOthers(t *testing.T) {
	group, err := manager.NewControlGroup(chartLimit)
	if err != nil {
		t.Skipf("the manager cannot be held to the chart's memory here: %v", err)
	}
	t.Cleanup(func() {
		if err := group.Close(); err != nil {
			t.Error(err)
		}
	})
	objects := longform.Choose(32, 200)
	counted := fault.Begin(t, fault.Case{
		Goal: "G29", Workload: fmt.Sprint(objects, " hostile objects"), Trigger: "start, then all change", Action: "512 MiB", Dialect: sqlite,
	})
	s, others := newScene(t, sqlite), newScene(t, sqlite)
	all := s.createHostile(objects)

	m := s.startShipped(group, others.ns)
	others.tenMoreAreReady("first", 0)
	counted.Add(1)
	s.changeAll(all)
	others.tenMoreAreReady("second", 10)
	counted.Add(1)

	peak, err := m.PeakMemory()
	s.must(err)
	t.Logf("the manager took %d MiB at most", peak>>20)
	if peak > chartLimit*95/100 {
		t.Errorf("which leaves nothing of %d MiB", int64(chartLimit>>20))
	}
}

// startShipped starts a manager that is built as it is shipped, without the race detector, whose memory is not that of the
// manager.
func (s *scene) startShipped(group *manager.ControlGroup, also string) *manager.Manager {
	s.Helper()
	shipped, err := manager.BuildManager(s.Context(), s.TempDir())
	s.must(err)
	m, err := shipped.Start(managers, s.options(s.as("manager"), manager.Options{
		Within: group, Args: []string{"--watch-namespaces=" + s.ns + "," + also},
	}))
	s.must(err)
	s.Cleanup(func() {
		m.Kill()
		s.assertClean(m)
	})
	return m
}

// createHostile makes so many objects of ours, and what they take from.
func (s *scene) createHostile(objects int) (all []client.Object) {
	s.Helper()
	var todo errgroup.Group
	todo.SetLimit(4)
	create := func(o client.Object) {
		o.SetNamespace(s.ns)
		todo.Go(func() error { return s.insist(o) })
	}
	for _, o := range hostileSources() {
		create(o)
	}
	for n := range objects {
		o := hostileObject(n)
		all = append(all, o)
		create(o)
	}
	s.must(await.Result(s, todo.Wait))
	return all
}

// hostileObject is one of every kind in turn, sets more often than others, since they are the ones that take from others.
func hostileObject(n int) client.Object {
	name, owner := fmt.Sprint("hostile-", n), hostileAccount(n/16*16).Name
	switch k := n % 16; {
	case k == 0:
		return hostileAccount(n)
	case k == 1:
		return hostileMeta(connection(name, owner, "selected"))
	case k == 2:
		return &v1alpha1.AccountAction{ObjectMeta: named(name), Spec: v1alpha1.AccountActionSpec{
			AccountRef: v1alpha1.AccountReference{Name: owner}, Type: v1alpha1.ActionSendPasswordReset,
		}}
	case k == 3:
		return hostileMeta(account(name))
	case k < 8:
		return fullSet(name, owner, n%16)
	default:
		set := &v1alpha1.EnvVarSet{ObjectMeta: named(name), Spec: v1alpha1.EnvVarSetSpec{AccountRef: v1alpha1.AccountReference{Name: owner}}}
		hostileSets[k%len(hostileSets)](&set.Spec)
		return set
	}
}

// changeAll changes every object, and everything they take from.
func (s *scene) changeAll(all []client.Object) {
	s.Helper()
	var todo errgroup.Group
	todo.SetLimit(4)
	for _, o := range append(hostileSources(), all...) {
		patch := `{"metadata":{"annotations":{"changed":"once"}}}`
		if _, ours := o.(*v1alpha1.EnvVarSet); ours {
			patch = `{"spec":{"resyncIntervalSeconds":86400}}`
		}
		o.SetNamespace(s.ns)
		todo.Go(func() error {
			return s.api.Patch(s.Context(), o, client.RawPatch("application/merge-patch+json", []byte(patch)))
		})
	}
	s.must(await.Result(s, todo.Wait))
}

// tenMoreAreReady makes ten ordinary objects and waits until they are Ready, and those before them.
func (s *scene) tenMoreAreReady(name string, before int) {
	s.Helper()
	keys := []string{"A", "B", "C", "D", "E", "F", "G", "H", "I"}
	s.create(secret(name, keys...), account(name))
	for _, key := range keys {
		s.create(envVarSet(name+"-"+strings.ToLower(key), name, name, key))
	}
	began := time.Now()
	s.allReady(before+10, longform.Choose(long, 30*time.Second)) // the short form runs beside other packages' tests
	s.Logf("the %s ten were Ready after %s", name, time.Since(began).Round(time.Millisecond))
}
