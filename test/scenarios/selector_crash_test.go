package scenarios

import (
	"errors"
	"fmt"
	"testing"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/account-operator/account-operator/api/v1alpha1"
	"github.com/account-operator/account-operator/internal/store/storetest"
)

func TestAccountSelector_ManagerKilledInTheMiddle_NextOneGoesOn(t *testing.T) {
	t.Parallel()
	// given a manager whose store goes away for good after the first accounts
	const engineers = storeBatch + 6
	n := &nth{}
	m := crewIn(newScenarioOn(t, n.hook), engineers)
	set := teamSet(value("A", "1"))
	away := fmt.Errorf("the connection broke")
	n.set(2, "SyncPairs", storetest.Before, func() error { n.number = 1; return away }) // at every call from then on
	m.create(set)
	m.becomes(set, metav1.ConditionFalse, v1alpha1.ReasonStoreUnavailable)
	first := m.versions()
	m.stop()

	// when the next one starts, then it writes the others, and not those once more
	n.set(0, "", "", nil)
	m.startManager()
	m.shows(set, fmt.Sprintf("%d/%d", engineers, engineers))
	written := 0
	for name, version := range m.versions() {
		if first[name] != 0 && version != first[name] {
			t.Errorf("%s was written again", name)
		}
		if first[name] != 0 {
			written++
		}
	}
	if written != storeBatch {
		t.Errorf("void: %d accounts were written at first", written)
	}
}

func TestAccountSelector_ChangedBackInTheMiddle_IsWholeAgain(t *testing.T) {
	t.Parallel()
	// given a manager that ends after it gave a change to the first accounts
	const engineers = storeBatch + 2
	n := &nth{}
	m := crewIn(newScenarioOn(t, n.hook), engineers)
	set := teamSet(value("A", "1"))
	m.create(set)
	m.shows(set, fmt.Sprintf("%d/%d", engineers, engineers))
	m.becomesReady(set)
	n.set(2, "SyncPairs", storetest.Before, func() error { n.number = 1; return errors.New("the connection broke") })
	change(m.scenario, set, func(e *v1alpha1.EnvVarSet) { e.Spec.Env[0] = value("A", "22") })
	m.becomes(set, metav1.ConditionFalse, v1alpha1.ReasonStoreUnavailable)
	m.stop()
	if n := m.count(`SELECT count(DISTINCT length(value)) FROM env_vars`); n != 2 {
		t.Fatalf("void: there are values of %d lengths", n)
	}

	// when the change is taken back, then the next one takes it back in the accounts as well
	change(m.scenario, set, func(e *v1alpha1.EnvVarSet) { e.Spec.Env[0] = value("A", "1") })
	n.set(0, "", "", nil)
	m.startManager()
	m.eventually(soon, func() string {
		if n := m.count(`SELECT count(DISTINCT length(value)) FROM env_vars`); n != 1 {
			return "some accounts have the change"
		}
		return ""
	})
	m.becomesReady(set)
}

func TestAccountSelector_AnswerLost_EndsTheSame(t *testing.T) {
	t.Parallel()
	for _, call := range []string{"SyncPairs", "SettlePairs", "Pairs", "FormerOwners", "RemoveEnvVars"} {
		for _, when := range []storetest.Moment{storetest.Before, storetest.After} {
			t.Run(fmt.Sprint(call, " ", when), func(t *testing.T) {
				t.Parallel()
				n := &nth{}
				m := crewIn(newScenarioOn(t, n.hook), 2)
				n.set(1, call, when, func() error { return errors.New("the connection broke") })
				set := teamSet(value("A", "1"))
				m.create(set)
				m.becomesReady(set)
				m.eventuallyHas("A", 0, 1)
				m.relabel(0, nil)
				m.eventuallyHas("A", 1)
				m.delete(set)
				m.isGone(set)
				if left := m.count(`SELECT count(*) FROM env_vars`) + m.count(`SELECT count(*) FROM applied_pairs`); left != 0 {
					t.Errorf("%d rows are left", left)
				}
				if n.number != 0 {
					t.Errorf("void: there was no call of %s", call)
				}
			})
		}
	}
}
