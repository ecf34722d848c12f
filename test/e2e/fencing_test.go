package e2e_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sync/errgroup"
	coordinationv1 "k8s.io/api/coordination/v1"
	"k8s.io/apimachinery/pkg/api/meta"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/account-operator/account-operator/api/v1alpha1"
	"github.com/account-operator/account-operator/test/await"
	"github.com/account-operator/account-operator/test/cluster"
	"github.com/account-operator/account-operator/test/fault"
	longform "github.com/account-operator/account-operator/test/long"
)

// Given a leader that is frozen in the middle of a write for one and a half to four terms of its Lease, and another one
// that took over and did the work, when the old one thaws, then it writes nothing any more, and the new one goes on.
func TestFrozenLeader_ThawsInAWrite_IsFencedOff(t *testing.T) {
	moments := []moment{reading, storing, telling}
	abreast(t, longform.Choose(3, 200), func(n int) {
		t.Run(fmt.Sprint("round ", n), func(t *testing.T) {
			rng := rand.New(rand.NewPCG(uint64(n), 0)) //nolint:gosec // how long a manager is frozen need not be secret
			terms := 1.5 + 2.5*rng.Float64()
			at := moments[n%len(moments)]
			fired := fault.Begin(t, fault.Case{
				Goal: "G8", Workload: "EnvVarSet", Trigger: at.at, Action: fmt.Sprintf("frozen for %.1f terms", terms),
				Dialect: postgreSQL, Seed: uint64(n),
			})
			s := newScene(t, postgreSQL)
			h := midway(s, s.candidate, at)
			s.keep(s.as("new"), s.elected()...)
			thaw := time.NewTimer(time.Duration(terms * float64(term)))
			s.must(h.old.Signal(syscall.SIGSTOP))
			fired.Add(1)
			s.isUndone(h.set)
			h.frozen()
			s.leads(2)
			s.becomesReady(h.set)
			<-thaw.C

			h.writesNothing(func() { s.must(h.old.Signal(syscall.SIGCONT)) }, lostLease, fenced)
			bob := account("bob")
			s.create(bob)
			s.becomesReady(bob)
		})
	})
}

// Given two managers of which one leads, when their Lease is deleted again and again, then one of them leads each time, and
// nothing is done twice.
func TestLease_Deleted_FencesNobodyForEver(t *testing.T) {
	t.Parallel()
	rounds := longform.Choose(3, 20)
	fired := fault.Begin(t, fault.Case{Goal: "G8", Workload: "Account", Trigger: "any moment", Action: "Lease deleted", Dialect: postgreSQL})
	s := newScene(t, postgreSQL)
	s.keep(s.as("one"), s.elected()...)
	s.keep(s.as("two"), s.elected()...)
	for n := range rounds {
		a := account(fmt.Sprint("account-", n))
		s.create(a)
		s.becomesReady(a)
		leases := &coordinationv1.LeaseList{}
		s.must(s.api.List(s.Context(), leases, client.InNamespace(s.ns)))
		for i := range leases.Items {
			if err := s.api.Delete(s.Context(), &leases.Items[i]); client.IgnoreNotFound(err) != nil {
				t.Fatal(err)
			}
			fired.Add(1)
		}
	}
	last := account("last")
	s.create(last)
	s.becomesReady(last)
	s.holds(`SELECT email FROM accounts`, rounds+1)
}

// Given two managers of which one leads, when etcd is put back to an older state, and the Lease with it, then one of them
// leads, what was forgotten is found again in the store, and nothing is there twice. One of another class, which has no Lease to
// judge by, notices as well. An object that was deleted meanwhile is back and makes a new account, as docs/operations.md says.
func TestEtcd_Restored_FencesNobodyForEver(t *testing.T) {
	t.Parallel()
	fired := fault.Begin(t, fault.Case{Goal: "G8", Workload: "Account", Trigger: "at rest", Action: "etcd restored", Dialect: postgreSQL})
	own := ownCluster(t)
	s := newSceneOn(t, own, postgreSQL)
	s.keep(s.as("one"), s.elected()...)
	s.keep(s.as("two"), s.elected()...)
	s.keep(s.as("alone"), "--class=alone")
	alice, bob, carol, dora := account("alice"), account("bob"), account("carol"), account("dora")
	carol.Spec.ClassName = "alone"
	s.create(alice, carol, dora)
	s.becomesReady(alice, carol, dora)
	backup := filepath.Join(t.TempDir(), "etcd")
	s.must(own.SaveState(t.Context(), backup))
	s.createSoon(bob)
	change(s, carol, func(a *v1alpha1.Account) { a.Spec.Preferences.Theme = "Light" })
	s.becomesReady(bob, carol)
	s.delete(dora)
	s.isGone(dora)
	const others = `SELECT CAST(id AS TEXT) FROM accounts WHERE email <> 'dora@example.com' ORDER BY id`
	rows := s.column(others)

	s.must(own.RestoreState(t.Context(), backup))
	fired.Add(1)

	again := account("bob")
	s.createSoon(again)
	for _, a := range []*v1alpha1.Account{alice, carol} {
		change(s, a, func(a *v1alpha1.Account) { a.Spec.Preferences.Theme = "Dark" })
	}
	s.becomesReady(alice, carol, again)
	if now := s.column(others); fmt.Sprint(now) != fmt.Sprint(rows) {
		t.Errorf("the store has the accounts %v, before %v", now, rows)
	}
	s.eventually(func(context.Context) string {
		if len(s.column(`SELECT '' FROM accounts WHERE email = 'dora@example.com' AND deleted_at IS NULL`)) != 1 {
			return "the object that came back has no account"
		}
		return ""
	})
}

// createSoon creates an object when the API server takes it: right after a start it still lists what there is.
func (s *scene) createSoon(obj client.Object) {
	s.Helper()
	obj.SetNamespace(s.ns)
	s.eventually(func(ctx context.Context) string {
		if err := s.api.Create(ctx, obj); err != nil {
			return err.Error()
		}
		return ""
	})
}

// ownCluster is one that a test may break.
func ownCluster(t *testing.T) *cluster.Cluster {
	t.Helper()
	own, err := cluster.Start(t.Context(), cluster.Options{CRDs: []string{"config/crd/bases"}, Audit: true})
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

// isUndone makes sure that a manager was frozen early enough.
func (s *scene) isUndone(obj object) {
	s.Helper()
	s.must(s.api.Get(s.Context(), client.ObjectKeyFromObject(obj), obj))
	if meta.FindStatusCondition(obj.CommonStatus().Conditions, v1alpha1.ConditionReady) != nil {
		s.Fatalf("void: %s was done before the manager froze", obj.GetName())
	}
}

// leads waits until the store was led so many times: the last leader has fenced off those before it.
func (s *scene) leads(times int) {
	s.Helper()
	s.eventually(func(context.Context) string {
		if epochs := s.column(fmt.Sprintf(`SELECT '' FROM leaders WHERE epoch >= %d`, times)); len(epochs) == 0 {
			return "nobody else has taken the lead"
		}
		return ""
	})
}

// abreast does something n times, some at once: what is frozen only waits.
func abreast(t testing.TB, n int, do func(n int)) {
	t.Helper()
	var all errgroup.Group
	all.SetLimit(6)
	for i := range n {
		all.Go(func() error {
			do(i)
			return nil
		})
	}
	_ = await.Result(t, all.Wait)
}
