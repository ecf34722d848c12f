package scenarios

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/account-operator/account-operator/api/v1alpha1"
	"github.com/account-operator/account-operator/internal/controller"
)

func TestAccountSelector_LabelsComeAndGo_SetFollows(t *testing.T) {
	onBothStores(t, 3, func(m crew) {
		// given three Accounts, two of the team, and one that is not
		m.restartTuned(func(o *controller.Options) { o.Recount = 50 * time.Millisecond })
		m.relabel(2, nil)
		set := teamSet(value("LEVEL", "1"), value("MODE", "x"))
		m.create(set)
		m.becomesReady(set)
		if diff := m.has("LEVEL", 0, 1); diff != "" {
			m.Errorf("who has it (-want +got):\n%s", diff)
		}
		want := v1alpha1.MatchedAccounts{Matched: 2, Ready: 2, Progress: "2/2"}
		if diff := cmp.Diff(want, set.Status.Accounts); diff != "" {
			m.Errorf("status (-want +got):\n%s", diff)
		}

		// when one comes, then it has the variables; when one goes, then it has not, and all count what they have
		m.relabel(2, vision)
		m.shows(set, "3/3")
		m.relabel(0, nil)
		m.shows(set, "2/2")
		if diff := m.has("LEVEL", 1, 2); diff != "" {
			m.Errorf("who has it (-want +got):\n%s", diff)
		}
		m.counts(m.engineers[0], 0, 0)
		m.counts(m.engineers[2], 2, 0)

		// when a new Account has the labels, and one is deleted
		late := engineer(7)
		m.create(late)
		m.delete(m.engineers[1])
		m.engineers = append(m.engineers, late)
		m.isGone(m.engineers[1])
		m.eventuallyHas("LEVEL", 2, 3)
		m.shows(set, "2/2")
		m.becomesReady(set)
	})
}

func TestAccountSelector_SpecChanges_AllAccountsHaveIt(t *testing.T) {
	t.Parallel()
	m := newCrew(t, 3)
	set := teamSet(value("A", "1"), value("B", "1"))
	m.create(set)
	m.becomesReady(set)

	// when a variable goes and the selector chooses others
	m.relabel(2, map[string]string{"team": "audio"})
	m.shows(set, "2/2")
	change(m.scenario, set, func(e *v1alpha1.EnvVarSet) {
		e.Spec.Env = e.Spec.Env[:1]
		e.Spec.AccountSelector = &v1alpha1.AccountSelector{MatchExpressions: []v1alpha1.LabelExpression{
			{Key: "team", Operator: "In", Values: []v1alpha1.LabelValue{"audio", "vision"}},
		}}
	})
	m.becomesReady(set)
	for name, want := range map[string][]int{"A": {0, 1, 2}, "B": nil} {
		if diff := m.has(name, want...); diff != "" {
			t.Errorf("who has %s (-want +got):\n%s", name, diff)
		}
	}
}

func TestAccountSelector_SecretRotated_OneReadAndOneStatus(t *testing.T) {
	t.Parallel()
	// given a set that forty accounts have
	const engineers = 40
	m := newCrew(t, engineers)
	src := secret("hf", "token", "1")
	set := teamSet(fromSecret("HF_TOKEN", "hf", "token"))
	m.create(src, set)
	m.shows(set, "40/40")
	m.becomesReady(set)
	size := m.count(`SELECT max(length(value)) FROM env_vars`)
	m.watch()

	// when its Secret is rotated
	change(m.scenario, src, func(o *corev1.Secret) { o.Data["token"] = []byte(canary + "longer") })
	m.eventually(soon, func() string {
		if n := m.count(`SELECT count(*) FROM env_vars WHERE length(value) > ?`, size); n < engineers {
			return fmt.Sprintf("%d accounts have the new value", n)
		}
		return ""
	})

	// then the Secret was read once, and one status written
	m.eventually(soon, func() string {
		return cmp.Diff(map[string]int{"get secrets": 1, "update envvarsets/status": 1, "create events": 1}, m.requests(costs))
	})
}

func TestAccountSelector_Restarted_ReadsAndWritesNothing(t *testing.T) {
	t.Parallel()
	// given a set that is settled
	asked := &calls{of: map[string]int{}}
	s := newScenarioSeeing(t, newView(), asked.hook)
	m := crewIn(s, 20)
	set := teamSet(fromSecret("HF_TOKEN", "hf", "token"))
	m.create(secret("hf", "token", "1"), set)
	m.shows(set, "20/20")
	m.becomesReady(set)
	m.stop()
	asked.sinceLast()
	m.watch()

	// when another manager starts
	s.view.forget()
	m.startManager()
	m.eventually(soon, func() string {
		if s.view.readsOf(set) == 0 {
			return "the set was not looked at"
		}
		return ""
	})
	m.stop()

	// then it reads no Secret, and neither reads nor writes what accounts have
	if diff := cmp.Diff(map[string]int{}, m.requests(costs)); diff != "" {
		t.Errorf("requests (-want +got):\n%s", diff)
	}
	for call, n := range asked.sinceLast() {
		if strings.Contains(call, "Pairs") || call == "SyncEnvVars" {
			t.Errorf("%d calls of %s", n, call)
		}
	}
}

func TestAccountSelector_OneAccountIsBlocked_OthersHaveIt(t *testing.T) {
	onBothStores(t, 3, func(m crew) {
		// given an Account that is not in the store, and one where another set has the name
		twin := engineer(9)
		twin.Spec.Email = m.engineers[0].Spec.Email
		other := envVarSet("other", m.engineers[1].Name, value("HF_TOKEN", "theirs"))
		m.create(twin, other)
		m.becomes(twin, metav1.ConditionFalse, v1alpha1.ReasonEmailInUse)
		m.becomesReady(other)

		set := teamSet(value("HF_TOKEN", "ours"))
		m.create(set)
		message := m.becomes(set, metav1.ConditionFalse, v1alpha1.ReasonAccountsNotReady)
		want := v1alpha1.MatchedAccounts{Matched: 4, Ready: 2, Blocked: 2, Progress: "2/4", NotReady: []v1alpha1.BlockedAccount{
			{Name: "e1", Reason: "NameConflict", Message: `HF_TOKEN is held by the EnvVarSet "other"; rename it or remove it from one of the two; the rest of this set is applied`},
			{Name: "e9", Reason: "AccountNotReady", Message: `the Account "e9" is not in the store; see its conditions`},
		}}
		if diff := cmp.Diff(want, set.Status.Accounts); diff != "" {
			m.Errorf("status (-want +got):\n%s", diff)
		}
		if !strings.HasPrefix(message, "2 of 4 Accounts have all of this set; e1: HF_TOKEN is held") {
			m.Errorf("the message is %q", message)
		}
		m.eventuallyHas("HF_TOKEN", 0, 2)

		// when both are mended, then it follows at once
		m.delete(other)
		change(m.scenario, twin, func(a *v1alpha1.Account) { a.Spec.Email = "e9@example.com" })
		m.becomesReady(set)
		m.engineers = append(m.engineers, twin)
		m.eventuallyHas("HF_TOKEN", 0, 1, 2, 3)
	})
}

func TestAccountSelector_StoreRefusesOneAccount_OthersHaveIt(t *testing.T) {
	t.Parallel()
	// given a store that fails for one account
	m := newCrew(t, 4)
	m.foreign(`CREATE TRIGGER refused BEFORE INSERT ON env_vars WHEN NEW.account_id = (SELECT id FROM accounts WHERE email = 'e1@example.com')
		BEGIN SELECT RAISE(ABORT, 'out of order'); END`)
	set := teamSet(value("A", "1"))
	m.create(set)
	m.shows(set, "3/4")
	if got := set.Status.Accounts.NotReady; len(got) != 1 || got[0].Name != "e1" || got[0].Reason != string(v1alpha1.ReasonStoreUnavailable) {
		t.Errorf("status has %+v", got)
	}
	m.eventuallyHas("A", 0, 2, 3)

	// when it works again, then it is tried again
	m.foreign(`DROP TRIGGER refused`)
	m.becomesReady(set)
	m.eventuallyHas("A", 0, 1, 2, 3)
}

func TestAccountSelector_AccountIsObserved_IsBlocked(t *testing.T) {
	t.Parallel()
	m := newCrew(t, 1)
	watched := engineer(5)
	watched.Spec.ManagementPolicy = v1alpha1.PolicyObserve
	m.create(watched)
	set := teamSet(value("A", "1"))
	m.create(set)
	m.shows(set, "1/2")
	if got := set.Status.Accounts.NotReady; len(got) != 1 || got[0].Reason != string(v1alpha1.ReasonAccountNotManaged) {
		t.Errorf("status has %+v", got)
	}
}

func TestAccountSelector_NoAccountMatches_IsReady(t *testing.T) {
	t.Parallel()
	m := newCrew(t, 1)
	m.relabel(0, nil)
	foreign := engineer(5)
	foreign.Spec.ClassName = "gpu"
	m.create(foreign)
	set := teamSet(value("A", "1"))
	m.create(set)
	m.becomesReady(set)
	if got := set.Status.Accounts.Progress; got != "0/0" {
		t.Errorf("status shows %s", got)
	}
}

func TestAccountSelector_Suspended_LeavesAllAsItIs(t *testing.T) {
	t.Parallel()
	m := newCrew(t, 2)
	set := teamSet(value("A", "1"))
	m.create(set)
	m.becomesReady(set)
	change(m.scenario, set, func(e *v1alpha1.EnvVarSet) { e.Spec.Suspend = true })
	m.eventually(soon, func() string {
		m.must(m.api.Get(context.Background(), client.ObjectKeyFromObject(set), set))
		if !m.scenario.has(set, v1alpha1.ConditionSuspended) {
			return "it is not suspended"
		}
		return ""
	})
	m.relabel(0, nil)
	late := engineer(7)
	m.create(late)
	m.becomesReady(late)
	m.engineers = append(m.engineers, late)
	if diff := m.has("A", 0, 1); diff != "" {
		t.Errorf("who has it (-want +got):\n%s", diff)
	}

	change(m.scenario, set, func(e *v1alpha1.EnvVarSet) { e.Spec.Suspend = false })
	m.eventuallyHas("A", 1, 2)
}

func TestAccountSelector_Deleted_AccountsLoseOrKeepIt(t *testing.T) {
	for policy, want := range map[v1alpha1.DeletionPolicy]int{v1alpha1.DeletionDelete: 0, v1alpha1.DeletionRetain: 3} {
		t.Run(string(policy), func(t *testing.T) {
			onBothStores(t, 3, func(m crew) {
				m.restartTuned(func(o *controller.Options) { o.Recount = 50 * time.Millisecond })
				set := teamSet(value("A", "1"))
				set.Spec.DeletionPolicy = policy
				m.create(set)
				m.becomesReady(set)
				m.delete(set)
				m.isGone(set)
				if n := m.count(`SELECT count(*) FROM env_vars WHERE owner_uid IS NULL`); n != want {
					m.Errorf("%d accounts have it, unclaimed", n)
				}
				if n := m.count(`SELECT (SELECT count(*) FROM applied_pairs) + (SELECT count(*) FROM env_vars WHERE owner_uid IS NOT NULL)`); n != 0 {
					m.Errorf("%d rows are left", n)
				}
				m.counts(m.engineers[0], want/3, 0)
			})
		})
	}
}
