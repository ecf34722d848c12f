package scenarios

import (
	"errors"
	"maps"
	"sync/atomic"
	"testing"

	"github.com/google/go-cmp/cmp"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/account-operator/account-operator/api/v1alpha1"
	"github.com/account-operator/account-operator/internal/controller/object"
	"github.com/account-operator/account-operator/internal/store/storetest"
	"github.com/account-operator/account-operator/test/fault"
)

// destroyed counts what was removed from the store for an object, by the store's own log.
func (s *scenario) destroyed(uid types.UID) int {
	s.Helper()
	return s.count(`SELECT count(*) FROM audit WHERE uid = ? AND
		(op IN ('DeleteAccount', 'DeleteConnection') OR names LIKE '%"delete"%' OR names LIKE '%"Delete"%')`, string(uid))
}

// dying is an object whose deletion the store does not answer yet. What the manager sees of it has come to a halt there.
type dying struct {
	*scenario
	object.Object
	answers *atomic.Bool
	rows    string // counts those of a UID
}

// eachDying has a case for each kind; unseen is what happens then.
func eachDying(t *testing.T, unseen string, test func(d dying)) {
	for name, of := range map[string]struct {
		make       func() object.Object
		call, rows string
	}{
		"an Account": {func() object.Object { return account("bob", "bob@example.com") },
			"DeleteAccount", `SELECT count(*) FROM accounts WHERE deleted_at IS NULL AND uid = ?`},
		"an EnvVarSet": {func() object.Object { return envVarSet("base", "alice", value("A", "1")) },
			"RemoveEnvVars", `SELECT count(*) FROM env_vars WHERE owner_uid = ?`},
		"an EnvVarSet with a selector": {func() object.Object { return teamSet(value("A", "1")) },
			"RemoveEnvVars", `SELECT count(*) FROM env_vars WHERE owner_uid = ?`},
		"a CloudConnection": {func() object.Object { return s3Connection("data", "alice", "s3") },
			"DeleteConnection", `SELECT count(*) FROM connections WHERE uid = ?`},
		"an SSHKey": {func() object.Object { return sshKey("laptop", "alice") },
			"DeleteSSHKey", `SELECT count(*) FROM ssh_keys WHERE uid = ?`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			stale := fault.Begin(t, fault.Case{Goal: "G3", Workload: name + " is deleted", Trigger: unseen, Action: "the cache stands still"})
			var answers atomic.Bool
			s := newScenarioSeeing(t, newView(), func(call string, when storetest.Moment) error {
				if call == of.call && when == storetest.Before && !answers.Load() {
					return errors.New("the store does not answer")
				}
				return nil
			})
			d := dying{s, of.make(), &answers, of.rows}
			alice := account("alice", email)
			alice.Labels = maps.Clone(vision)
			s.create(alice, secret("s3", "access-key-id", "1", "secret-access-key", "2"))
			s.becomesReady(alice)
			s.create(d.Object)
			s.becomesReady(d.Object)
			s.delete(d.Object)
			s.becomes(d.Object, metav1.ConditionFalse, v1alpha1.ReasonStoreUnavailable)
			s.view.stays(d.Object)
			test(d)
			stale.Add(1)
		})
	}
}

// isPassedOver waits until a reconcile has begun after one that saw the object as it was.
func (s *scenario) isPassedOver(obj client.Object) {
	s.Helper()
	seen := s.view.readsOf(obj)
	s.eventually(soon, func() string {
		if s.view.readsOf(obj) >= seen+2 {
			return ""
		}
		return "void: no reconcile works on the old view"
	})
}

func TestStaleCache_RetentionNotSeen_IsObeyed(t *testing.T) {
	eachDying(t, "Retain is asked for", func(d dying) {
		change(d.scenario, d.Object, func(o object.Object) { o.Common().DeletionPolicy = v1alpha1.DeletionRetain })
		d.isPassedOver(d.Object)

		d.answers.Store(true)
		d.isGone(d.Object)

		if n := d.destroyed(d.GetUID()); n != 0 {
			d.Errorf("%d removals, though the object says Retain", n)
		}
	})
}

func TestStaleCache_NamesakeNotSeen_LosesNothing(t *testing.T) {
	eachDying(t, "it is made again", func(d dying) {
		before := d.GetUID()
		d.restored(d.Object)

		d.answers.Store(true)
		d.isPassedOver(d.Object)
		if n := d.destroyed(before); n != 0 {
			d.Errorf("%d removals for the object that was there before", n)
		}

		d.view.catchUp()
		d.becomesReady(d.Object)
		if d.GetUID() == before || d.count(d.rows, d.GetUID()) != 1 {
			d.Error("the new object does not have what was in the store")
		}
	})
}

func TestEnvVarSet_NameBackBeforeTheCacheSeesIt_Stays(t *testing.T) {
	t.Parallel()
	stale := fault.Begin(t, fault.Case{Goal: "G3", Workload: "a settled set", Trigger: "a name leaves it and comes back", Action: "the cache stands still"})
	s := newScenarioSeeing(t, newView(), nothingFails)
	set := envVarSet("base", "alice", value("A", "1"), value("B", "2"))
	s.create(account("alice", email), set)
	s.becomesReady(set)
	version := `SELECT version FROM env_vars WHERE name = 'B'`
	before := s.count(version)

	// Given that B left the set and came back, and that the cache has seen it leave only
	s.view.stays(set)
	whole := set.Spec.Env
	change(s, set, func(e *v1alpha1.EnvVarSet) { e.Spec.Env = whole[:1] })
	without := set.DeepCopy()
	change(s, set, func(e *v1alpha1.EnvVarSet) { e.Spec.Env = whole })
	s.view.stays(without)

	// When the set is worked on
	s.foreign(`UPDATE env_vars SET name = name WHERE name = 'A'`)
	s.isPassedOver(set)
	stale.Add(1)

	// Then B is where it was, and the set is Ready as soon as the cache has caught up
	if n := s.destroyed(set.UID); n != 0 {
		t.Errorf("%d removals, though the set has both names", n)
	}
	s.view.catchUp()
	s.becomesReady(set)
	if s.count(version) != before {
		t.Error("B was written again")
	}
}

func TestAccountSelector_LabelBackBeforeTheCacheSeesIt_KeepsItsVariables(t *testing.T) {
	t.Parallel()
	stale := fault.Begin(t, fault.Case{Goal: "G3", Workload: "a settled set with a selector", Trigger: "a label goes and comes back", Action: "the cache stands still"})
	m := crewIn(newScenarioSeeing(t, newView(), nothingFails), 2)
	set := teamSet(value("A", "1"))
	m.create(set)
	m.shows(set, "2/2")
	before := m.versions()

	// Given that an Account lost the label and has it again, and that the cache has seen it go only
	m.view.stays(m.engineers[0])
	m.relabel(0, nil)
	without := m.engineers[0].DeepCopy()
	m.relabel(0, vision)
	m.view.stays(without)

	// When the set is worked on
	for range 2 { // the second time shows that the first is over
		seen := m.view.readsOf(set)
		m.foreign(`UPDATE env_vars SET name = name`)
		m.eventually(soon, func() string {
			if m.view.readsOf(set) > seen {
				return ""
			}
			return "void: no reconcile works on the old view"
		})
	}
	stale.Add(1)

	// Then nobody loses anything
	if n := m.destroyed(set.UID); n != 0 {
		t.Errorf("%d removals, though both have the label", n)
	}
	m.view.catchUp()
	m.shows(set, "2/2")
	if diff := cmp.Diff(before, m.versions()); diff != "" {
		t.Errorf("versions (-before +after):\n%s", diff)
	}
}
