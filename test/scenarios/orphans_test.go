package scenarios

import (
	"slices"
	"testing"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/account-operator/account-operator/api/v1alpha1"
	"github.com/account-operator/account-operator/internal/controller"
	"github.com/account-operator/account-operator/internal/controller/jobs/orphan"
	"github.com/account-operator/account-operator/internal/controller/object"
	"github.com/account-operator/account-operator/internal/store"
)

// ghost makes an object go as with a cluster that is restored to an older state: no watch shows it.
func (s *scenario) ghost(objects ...object.Object) {
	s.Helper()
	for _, o := range objects {
		change(s, o, func(o object.Object) { o.SetFinalizers(nil) })
		s.delete(o)
		s.isGone(o)
	}
}

// orphaned is what the metric says of a kind.
func (s *scenario) orphaned(k store.Kind) float64 {
	s.Helper()
	families, err := s.metrics.Gather()
	s.must(err)
	for _, f := range families {
		if f.GetName() != "account_operator_orphaned_claims" {
			continue
		}
		for _, m := range f.GetMetric() {
			if m.GetLabel()[0].GetValue() == string(k) {
				return m.GetGauge().GetValue()
			}
		}
	}
	return -1
}

func aged(age time.Duration) func(*controller.Options) {
	return func(o *controller.Options) { o.OrphanAge, o.OrphanInterval = age, 50*time.Millisecond }
}

func TestOrphans_ObjectIsGone_NamesComeFree(t *testing.T) {
	s := withAlice(t)
	gone, heir := envVarSet("gone", "alice", value("A", "1")), envVarSet("heir", "alice", value("A", "2"))
	bob := account("bob", "bob@example.com")
	s.create(gone, bob)
	s.becomesReady(gone, bob)
	s.create(heir)
	s.becomes(heir, metav1.ConditionFalse, v1alpha1.ReasonNameConflict)
	s.stop()
	s.ghost(gone, bob)

	// While the object is not gone for long nothing happens.
	s.tune = aged(time.Hour)
	s.startManager()
	s.eventually(soon, func() string {
		if s.orphaned(store.KindAccount) != 0 {
			return "no search for orphans has run yet"
		}
		return ""
	})
	s.becomes(heir, metav1.ConditionFalse, v1alpha1.ReasonNameConflict)

	s.restartTuned(aged(100 * time.Millisecond))
	s.becomesReady(heir)
	s.eventually(soon, func() string {
		if accounts, sets := s.orphaned(store.KindAccount), s.orphaned(store.KindEnvVarSet); accounts != 1 || sets != 0 {
			return "the metric does not count one account and no set"
		}
		return ""
	})
	if s.live("bob@example.com") != 1 || s.count(`SELECT count(*) FROM accounts WHERE email = 'bob@example.com' AND uid IS NOT NULL`) != 1 {
		t.Error("the account of an orphan was touched")
	}
}

func TestOrphans_Listed_CanBeGivenUp(t *testing.T) {
	s := withAlice(t)
	alice, set, conn := account2(s, "alice"), envVarSet("base", "alice", value("A", "1")), s3Connection("data", "alice", "s3")
	key := sshKey("laptop", "alice")
	kept := account("kept", "kept@example.com")
	s.create(kept, secret("s3", "access-key-id", "1", "secret-access-key", "2"), set, conn, key)
	s.becomesReady(kept, alice, set, conn, key)
	s.stop()
	s.ghost(set, conn, key, alice)
	fenced, err := s.portal().Lead(t.Context(), "test", "store-orphans")
	s.must(err)

	found, err := orphan.Find(t.Context(), fenced, s.api)
	s.must(err)
	if found.Alive != 1 {
		t.Errorf("%d claims have their object", found.Alive)
	}
	var names []string
	for _, c := range found.Orphans {
		names = append(names, c.String())
		s.must(orphan.Release(t.Context(), fenced, c))
	}

	want := []string{"Account " + s.ns + "/alice", "EnvVarSet " + s.ns + "/base", "CloudConnection " + s.ns + "/data", "SSHKey " + s.ns + "/laptop"}
	if !slices.Equal(names, want) {
		t.Errorf("the orphans are %v", names)
	}
	if left, err := orphan.Find(t.Context(), fenced, s.api); err != nil || len(left.Orphans) != 0 {
		t.Errorf("%v are left, %v", left, err)
	}
	if s.count(`SELECT count(*) FROM accounts WHERE email = ? AND uid IS NULL AND deleted_at IS NULL`, email) != 1 ||
		s.count(`SELECT (SELECT count(*) FROM env_vars WHERE owner_uid IS NULL) + (SELECT count(*) FROM connections WHERE uid IS NULL) +
			(SELECT count(*) FROM ssh_keys WHERE uid IS NULL)`) != 3 {
		t.Error("something was deleted, or is still claimed")
	}
	s.startManager()
	s.becomesReady(kept)
}
