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
	"github.com/account-operator/account-operator/test/cluster"
)

// hinderedCrew has a set with a Secret's value that waits for three of five Accounts: one where another set has the name, one that has no
// row, and one that is only observed.
type hinderedCrew struct {
	crew
	set, other    *v1alpha1.EnvVarSet
	twin, watched *v1alpha1.Account
	asked         *calls
}

func newHinderedCrew(t *testing.T, tune func(*controller.Options)) hinderedCrew {
	t.Helper()
	asked := &calls{of: map[string]int{}}
	m := hinderedCrew{
		crew: crewIn(newScenarioSeeing(t, newView(), asked.hook), 3), asked: asked,
		set: teamSet(fromSecret("HF_TOKEN", "hf", "token")), other: envVarSet("other", "e1", value("HF_TOKEN", "theirs")),
		twin: engineer(8), watched: engineer(9),
	}
	m.restartTuned(tune)
	m.twin.Spec.Email = m.engineers[0].Spec.Email
	m.watched.Spec.ManagementPolicy = v1alpha1.PolicyObserve
	m.create(secret("hf", "token", "1"), m.twin, m.watched, m.other)
	m.becomes(m.twin, metav1.ConditionFalse, v1alpha1.ReasonEmailInUse)
	m.becomesReady(m.other)
	m.create(m.set)
	m.shows(m.set, "2/5")
	m.becomes(m.set, metav1.ConditionFalse, v1alpha1.ReasonAccountsNotReady)
	return m
}

// isPassed waits until the set was looked at once more.
func (m hinderedCrew) isPassed(before int) {
	m.Helper()
	m.eventually(soon, func() string {
		if m.view.readsOf(m.set) > before {
			return ""
		}
		return "void: the set was not looked at"
	})
}

// read is what was read of sources and of what accounts have, since it was asked last.
func (m hinderedCrew) read() map[string]int {
	m.Helper()
	read := m.requests(cluster.ByResource("secrets"))
	for call, n := range m.asked.sinceLast() {
		if strings.Contains(call, "Pairs") || call == "FormerOwners" {
			read[call] = n
		}
	}
	m.watch()
	return read
}

func TestAccountSelector_SomeAccountsAreBlocked_ReadsNothingUntilThatChanges(t *testing.T) {
	t.Parallel()
	m := newHinderedCrew(t, nil)
	m.read()

	// when a label that nothing asks for changes again and again
	for lap := range 10 {
		before := m.view.readsOf(m.set)
		m.relabel(0, map[string]string{"team": "vision", "lap": fmt.Sprint(lap)})
		m.isPassed(before)
	}

	// then nothing is read
	if diff := cmp.Diff(map[string]int{}, m.read()); diff != "" {
		t.Errorf("what was read (-want +got):\n%s", diff)
	}

	// when one after another is not in the way any more, then each has the variable at once
	m.delete(m.other)
	m.shows(m.set, "3/5")
	change(m.scenario, m.watched, func(a *v1alpha1.Account) { a.Spec.ManagementPolicy = v1alpha1.PolicyManage })
	m.shows(m.set, "4/5")
	change(m.scenario, m.twin, func(a *v1alpha1.Account) { a.Spec.Email = "e8@example.com" })
	m.shows(m.set, "5/5")
	m.becomesReady(m.set)
	m.engineers = append(m.engineers, m.twin, m.watched)
	m.eventuallyHas("HF_TOKEN", 0, 1, 2, 3, 4)
}

func TestAccountSelector_BlockedAndDrifted_IsPutBack(t *testing.T) {
	t.Parallel()
	m := newHinderedCrew(t, nil)
	m.foreign(`DELETE FROM env_vars WHERE account_id = (SELECT id FROM accounts WHERE email = 'e2@example.com')`)
	m.eventuallyHas("HF_TOKEN", 0, 2)
	m.read()
	m.delete(m.twin)
	m.shows(m.set, "2/4")
}

func TestAccountSelector_EndOfABlockIsNotAnnounced_IsFoundAtTheResync(t *testing.T) {
	t.Parallel()
	m := newHinderedCrew(t, func(o *controller.Options) { o.Resync = time.Second })
	m.foreign(`DELETE FROM waits`)
	m.delete(m.other)
	m.isGone(m.other)
	m.shows(m.set, "3/5")
}

func TestAccountSelector_AccountInTheWayTakesARowOver_HasIt(t *testing.T) {
	t.Parallel()
	// given a set that waits for an Account whose address a row has that nobody manages
	m := newCrew(t, 1)
	m.foreign(insertOld)
	m.vouch()
	old := account("old", "old@example.com")
	old.Labels = vision
	set := teamSet(value("A", "1"))
	m.create(old)
	m.becomes(old, metav1.ConditionFalse, v1alpha1.ReasonAccountExists)
	m.create(set)
	m.shows(set, "1/2")

	// when the Account may take it over, then the set is there at once, although no row was made
	change(m.scenario, old, func(a *v1alpha1.Account) {
		a.Spec.Adoption, a.Spec.DeletionPolicy = v1alpha1.AdoptIfUnclaimed, v1alpha1.DeletionRetain
	})
	m.shows(set, "2/2")
	m.becomesReady(set)
}
