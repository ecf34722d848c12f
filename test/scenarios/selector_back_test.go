package scenarios

import (
	"testing"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/account-operator/account-operator/api/v1alpha1"
)

// Who is not of the team any more loses its variables, also where nobody saw the label go.

func TestAccountSelector_RetainedAccountIsMadeAgainWithoutTheLabel_LosesIt(t *testing.T) {
	onBothStores(t, 2, func(m crew) {
		// given an Account that was deleted and whose row stayed, with all variables
		set := teamSet(value("A", "1"))
		m.create(set)
		m.becomesReady(set)
		change(m.scenario, m.engineers[0], func(a *v1alpha1.Account) { a.Spec.DeletionPolicy = v1alpha1.DeletionRetain })
		m.delete(m.engineers[0])
		m.isGone(m.engineers[0])
		m.shows(set, "1/1")
		if diff := m.has("A", 0, 1); diff != "" {
			m.Fatalf("who has it (-want +got):\n%s", diff)
		}

		// when it is made again for another team
		m.engineers[0] = engineer(0)
		m.engineers[0].Labels = nil
		m.create(m.engineers[0])
		m.becomesReady(m.engineers[0])

		m.eventuallyHas("A", 1)
	})
}

func TestAccountSelector_AccountIsMadeAgainBehindItsBackWithoutTheLabel_LosesIt(t *testing.T) {
	onBothStores(t, 2, func(m crew) {
		set := teamSet(value("A", "1"))
		m.create(set)
		m.becomesReady(set)
		m.stop()
		m.engineers[0].Status = v1alpha1.AccountStatus{}
		m.ghost(m.engineers[0])
		m.startManager()
		m.shows(set, "1/1")

		m.engineers[0] = engineer(0)
		m.engineers[0].Labels = nil
		m.create(m.engineers[0])
		m.becomesReady(m.engineers[0])

		m.eventuallyHas("A", 1)
	})
}

func TestAccountSelector_LosesTheLabelWhileObserved_LosesItWhenManagedAgain(t *testing.T) {
	t.Parallel()
	m := newCrew(t, 2)
	set := teamSet(value("A", "1"))
	m.create(set)
	m.becomesReady(set)
	change(m.scenario, m.engineers[0], func(a *v1alpha1.Account) { a.Spec.ManagementPolicy = v1alpha1.PolicyObserve })
	m.becomes(set, metav1.ConditionFalse, v1alpha1.ReasonAccountsNotReady)
	m.relabel(0, nil)
	m.shows(set, "1/1")
	m.becomesReady(set)
	if diff := m.has("A", 0, 1); diff != "" {
		t.Fatalf("nothing of an Account that is only observed is written, and yet (-want +got):\n%s", diff)
	}

	change(m.scenario, m.engineers[0], func(a *v1alpha1.Account) { a.Spec.ManagementPolicy = v1alpha1.PolicyManage })

	m.eventuallyHas("A", 1)
}
