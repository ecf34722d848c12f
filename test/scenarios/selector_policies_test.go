package scenarios

import (
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	corev1 "k8s.io/api/core/v1"

	"github.com/account-operator/account-operator/api/v1alpha1"
	"github.com/account-operator/account-operator/internal/store/storetest"
)

func TestAccountSelector_IfNotExists_IsTheHoldersFromThenOn(t *testing.T) {
	onBothStores(t, 3, func(m crew) {
		// given an account whose holder has the variable, and one that is not of the team yet
		m.relabel(2, nil)
		m.foreign(`INSERT INTO env_vars (account_id, name, value, version) SELECT id, 'EDITOR', value, 1 FROM accounts, (SELECT value FROM seal_check) AS sealed WHERE email = 'e1@example.com'`)
		set := teamSet(value("EDITOR", "vim"))
		set.Spec.UpdatePolicy = v1alpha1.UpdateIfNotExists
		m.create(set)
		m.shows(set, "2/2")
		m.becomesReady(set)
		before := m.versions()

		// when the set says something else, and another account joins
		change(m.scenario, set, func(e *v1alpha1.EnvVarSet) { e.Spec.Env[0] = value("EDITOR", "emacs") })
		m.relabel(2, vision)
		m.shows(set, "3/3")
		m.becomesReady(set)

		// then that one has it, all are their holders', and nothing of the others was written
		after := m.versions()
		if n := m.count(`SELECT count(*) FROM env_vars WHERE name = 'EDITOR' AND owner_uid IS NULL`); n != 3 {
			m.Errorf("%d accounts have it, unclaimed", n)
		}
		if delete(after, "e2"); !cmp.Equal(after, map[string]int{"e0": before["e0"], "e1": before["e1"]}) {
			m.Errorf("others were written: %v, then %v", before, after)
		}
		// when one leaves, then it keeps what is its holder's
		m.relabel(0, nil)
		m.shows(set, "2/2")
		if n := m.count(`SELECT count(*) FROM env_vars WHERE name = 'EDITOR'`); n != 3 {
			m.Errorf("%d accounts have it", n)
		}
	})
}

func TestAccountSelector_TwoSetsGiveTheSameName_FirstHoldsItUntilItGoes(t *testing.T) {
	onBothStores(t, 2, func(m crew) {
		first, second := forTeam("first"), forTeam("second")
		second.Spec.Env = append(second.Spec.Env, value("B", "2"))
		m.create(first)
		m.shows(first, "2/2")
		m.create(second)
		m.shows(second, "0/2")
		if got := second.Status.Accounts.NotReady; len(got) != 2 || got[0].Reason != "NameConflict" {
			m.Errorf("status has %+v", got)
		}
		if n := m.count(`SELECT count(*) FROM env_vars WHERE name = 'B'`); n != 2 {
			m.Errorf("%d accounts have the rest of it", n)
		}

		m.delete(first)
		m.shows(second, "2/2")
		m.becomesReady(second)
	})
}

func TestAccountSelector_AccountIsOfAnotherClassNow_HasThatClassesSets(t *testing.T) {
	onBothStores(t, 0, func(m crew) {
		// given an Account of the class gpu that has a set of that class, and whose row stays when it is deleted
		m.stop()
		m.class = "gpu"
		m.startManager()
		gpu, theirs := engineer(0), teamSet(value("A", "1"))
		gpu.Spec.ClassName, gpu.Spec.DeletionPolicy, theirs.Spec.ClassName, theirs.Name = "gpu", v1alpha1.DeletionRetain, "gpu", "theirs"
		m.create(gpu, theirs)
		m.shows(theirs, "1/1")
		m.delete(gpu)
		m.isGone(gpu)
		m.stop()

		// when it is made again without a class
		m.class = ""
		m.startManager()
		now, ours := engineer(0), teamSet(value("B", "2"))
		m.create(now, ours)
		m.becomesReady(now)
		m.shows(ours, "1/1")
		m.becomesReady(ours)

		// then it keeps no variable of the class that it had, once that one's manager is there
		m.stop()
		m.class = "gpu"
		m.startManager()
		m.eventually(soon, func() string {
			if n := m.count(`SELECT count(*) FROM env_vars WHERE name = 'A'`); n > 0 {
				return "it has a variable of the other class"
			}
			return ""
		})
		if n := m.count(`SELECT count(*) FROM env_vars WHERE name = 'B'`); n != 1 {
			m.Error("it has lost a variable of its own class")
		}
	})
}

func TestAccountSelector_TakesLong_ShowsHowFarItIsEveryFiveSeconds(t *testing.T) {
	t.Parallel()
	// given a store that takes its time, and more accounts than two transactions write
	slow := &nth{}
	const engineers = 2*storeBatch + 2
	m := crewIn(newScenarioOn(t, slow.hook), engineers)
	src, set := secret("hf", "token", "1"), teamSet(fromSecret("HF_TOKEN", "hf", "token"))
	m.create(src, set)
	all := fmt.Sprintf("%d/%d", engineers, engineers)
	m.shows(set, all)
	m.becomesReady(set)
	m.watch()
	slow.set(1, "SyncPairs", storetest.Before, func() error {
		slow.number = 1 // each time
		<-time.After(3 * time.Second)
		return nil
	})

	// when its Secret is rotated
	change(m.scenario, src, func(o *corev1.Secret) { o.Data["token"] = []byte(canary + "longer") })

	// then status shows how far it is once, and then that all have it: two passes, each with one read of the Secret
	m.shows(set, fmt.Sprintf("%d/%d", 2*storeBatch, engineers))
	if message := m.becomes(set, "False", v1alpha1.ReasonApplying); m.scenario.has(set, v1alpha1.ConditionStalled) || message == "" {
		t.Errorf("it says %q", message)
	}
	m.shows(set, all)
	m.becomesReady(set)
	m.eventually(soon, func() string {
		found := m.requests(costs)
		delete(found, "create events")
		return cmp.Diff(map[string]int{"get secrets": 2, "update envvarsets/status": 2}, found)
	})
}
