package scenarios

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/account-operator/account-operator/api/v1alpha1"
	"github.com/account-operator/account-operator/internal/controller"
	"github.com/account-operator/account-operator/internal/controller/object"
)

func TestAccountSelector_ManyLoseIt_OnlyOnceThatIsConfirmed(t *testing.T) {
	onBothStores(t, 13, func(m crew) {
		// given a set that thirteen accounts have
		set := teamSet(value("A", "1"))
		m.create(set)
		m.shows(set, "13/13")
		m.becomesReady(set)

		// when its selector is changed so that twelve do not match, then none of them loses it
		m.relabel(12, map[string]string{"team": "audio"})
		m.shows(set, "12/12")
		change(m.scenario, set, func(e *v1alpha1.EnvVarSet) { e.Spec.AccountSelector.MatchLabels = map[string]string{"team": "audio"} })
		message := m.becomes(set, metav1.ConditionFalse, v1alpha1.ReasonRemovalNotConfirmed)
		if !strings.Contains(message, `account-operator.io/confirm-removal: "12"`) || !m.scenario.has(set, v1alpha1.ConditionStalled) {
			m.Errorf("the message is %q", message)
		}
		all := []int{0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12}
		m.eventuallyHas("A", all...) // also the one that matches now

		// when another number is confirmed, then none; when the right one is, then all twelve
		confirm := func(number string) {
			change(m.scenario, set, func(e *v1alpha1.EnvVarSet) {
				e.Annotations = map[string]string{v1alpha1.ConfirmRemovalAnnotation: number}
			})
		}
		confirm("11")
		m.comparesAgainUnready(set, v1alpha1.ReasonRemovalNotConfirmed)
		if diff := m.has("A", all...); diff != "" {
			m.Errorf("who has it (-want +got):\n%s", diff)
		}
		confirm("12")
		m.becomesReady(set)
		m.eventuallyHas("A", 12)
	})
}

// comparesAgainUnready requests a reconcile of a set that is not Ready, and waits for it.
func (m crew) comparesAgainUnready(set *v1alpha1.EnvVarSet, reason v1alpha1.Reason) {
	m.Helper()
	change(m.scenario, set, func(e *v1alpha1.EnvVarSet) { e.Annotations[v1alpha1.RequestedAtAnnotation] = "again" })
	m.eventually(soon, func() string {
		if m.becomes(set, metav1.ConditionFalse, reason); set.Status.LastHandledRequest != "again" {
			return "it was not compared"
		}
		return ""
	})
}

func TestAccountSelector_ClusterRestoredWithoutAccounts_RemovesNothing(t *testing.T) {
	onBothStores(t, 3, func(m crew) {
		// given a set that three accounts have
		set := teamSet(value("A", "1"))
		m.create(set)
		m.becomesReady(set)
		before := m.versions()

		// when the cluster comes back from a backup, sets first
		m.stop()
		set.Status = v1alpha1.EnvVarSetStatus{}
		m.ghost(accountsOf(m)...)
		m.restored(set)
		m.startManager()
		m.shows(set, "0/0")

		// then no account loses anything; and when the Accounts are back as well, nothing was written
		if diff := cmp.Diff(before, m.versions()); diff != "" {
			m.Errorf("without Accounts (-before +after):\n%s", diff)
		}
		for n := range m.engineers {
			m.engineers[n] = engineer(n)
			m.create(m.engineers[n])
		}
		m.shows(set, "3/3")
		m.becomesReady(set)
		if diff := cmp.Diff(before, m.versions()); diff != "" {
			m.Errorf("with Accounts (-before +after):\n%s", diff)
		}
		if n := m.count(`SELECT count(*) FROM env_vars WHERE owner_uid = ?`, string(set.UID)); n != 3 {
			m.Errorf("%d are bound to the set", n)
		}
	})
}

func accountsOf(m crew) (all []object.Object) {
	for _, a := range m.engineers {
		a.Status = v1alpha1.AccountStatus{}
		all = append(all, a)
	}
	return all
}

func TestAccountSelector_DriftInOneAccount_IsPutBackThere(t *testing.T) {
	onBothStores(t, 3, func(m crew) {
		set := teamSet(value("A", "1"), value("B", "2"))
		m.create(set)
		m.becomesReady(set)
		before := m.versions()
		for _, query := range []string{
			`DELETE FROM env_vars WHERE name = 'A' AND account_id = (SELECT id FROM accounts WHERE email = 'e1@example.com')`,
			`UPDATE env_vars SET value = substr(value, 1, 1) WHERE name = 'A' AND account_id = (SELECT id FROM accounts WHERE email = 'e1@example.com')`,
		} {
			was := m.versions()["e1"]
			m.foreign(query)
			m.eventually(atOnce, func() string {
				if now := m.versions()["e1"]; now <= was || m.has("A", 0, 1, 2) != "" {
					return "it was not put back"
				}
				return ""
			})
		}
		after := m.versions()
		if after["e0"] != before["e0"] || after["e2"] != before["e2"] {
			m.Errorf("other accounts were written: %v, then %v", before, after)
		}
		m.receivesEvent(set, "DriftCorrected")
	})
}

func TestAccountSelector_DriftIsReported_IsLeftThereAndNamed(t *testing.T) {
	onBothStores(t, 2, func(m crew) {
		m.restartTuned(func(o *controller.Options) { o.Recount = 50 * time.Millisecond })
		set := teamSet(value("A", "1"))
		set.Spec.DriftPolicy = v1alpha1.DriftReport
		m.create(set)
		m.becomesReady(set)
		m.counts(m.engineers[1], 1, 0)
		m.foreign(`DELETE FROM env_vars WHERE account_id = (SELECT id FROM accounts WHERE email = 'e1@example.com')`)
		m.reportsDrift(set, "e1/A")
		m.counts(m.engineers[1], 0, 0)

		// what the set itself changes is written all the same
		change(m.scenario, set, func(e *v1alpha1.EnvVarSet) { e.Spec.Env[0] = value("A", "2") })
		m.reportsDrift(set)
		m.eventuallyHas("A", 0, 1)
	})
}

func TestAccountSelector_DriftWhileNoManagerRuns_IsPutBack(t *testing.T) {
	t.Parallel()
	m := newCrew(t, 2)
	set := teamSet(value("A", "1"))
	m.create(set)
	m.becomesReady(set)
	m.stop()
	m.foreign(`DELETE FROM env_vars WHERE account_id = (SELECT id FROM accounts WHERE email = 'e1@example.com')`)
	m.startManager()
	m.eventuallyHas("A", 0, 1)
}

func TestAccountSelector_MadeAgainBehindItsBack_TakesItsAccountsOver(t *testing.T) {
	onBothStores(t, 3, func(m crew) {
		// given a set whose object is made again, for other variables and fewer accounts, while no manager runs
		set := teamSet(value("A", "1"), value("B", "2"))
		m.create(set)
		m.becomesReady(set)
		m.stop()
		m.relabel(0, nil)
		set.Status, set.Spec.Env = v1alpha1.EnvVarSetStatus{}, set.Spec.Env[:1]
		m.ghost(set)
		again := teamSet(value("A", "1"))
		m.create(again)
		m.startManager()

		m.becomesReady(again)
		m.eventuallyHas("A", 1, 2)
		m.eventuallyHas("B")
	})
}

func TestAccountSelector_ManyLabels_ItsFirstCount(t *testing.T) {
	t.Parallel()
	m := newCrew(t, 1)
	labels := map[string]string{"team": "vision"}
	for n := range 64 {
		labels[fmt.Sprintf("a%02d", n)] = strings.Repeat("x", 63)
	}
	set := teamSet(value("A", "1"))
	m.create(set)
	m.shows(set, "1/1")
	m.relabel(0, labels)
	m.shows(set, "0/0")
	m.eventuallyHas("A")
}

func TestAccountSelector_OrphanedForLong_NamesComeFree(t *testing.T) {
	t.Parallel()
	m := newCrew(t, 2)
	set := teamSet(value("A", "1"))
	m.create(set)
	m.becomesReady(set)
	m.stop()
	m.ghost(set)
	m.tune = aged(100 * time.Millisecond)
	m.startManager()
	m.eventually(soon, func() string {
		if n := m.count(`SELECT count(*) FROM env_vars WHERE owner_uid IS NOT NULL`) + m.count(`SELECT count(*) FROM applied_pairs`); n > 0 {
			return fmt.Sprintf("%d rows are held", n)
		}
		return ""
	})
	if n := m.count(`SELECT count(*) FROM env_vars`); n != 2 {
		t.Errorf("%d variables are left", n)
	}
}
