package cli

import (
	"strings"
	"testing"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/account-operator/account-operator/api/v1alpha1"
)

func TestPreflight_Objects_AreJudged(t *testing.T) {
	for name, c := range map[string]struct {
		account  func(*v1alpha1.Account)
		others   []v1alpha1.Account
		blocks   string // part of the one blocker; empty: nothing blocks
		does     string // part of an effect
		looked   bool   // whether the store was read
		storeHas bool   // whether only the store knows the rest
	}{
		"a plain account":     {does: "account 7 (alice@example.com) is deleted", storeHas: true},
		"its teams":           {does: "teams that it owns are deleted", storeHas: true},
		"one that is kept":    {account: retain, does: "stays in the store as it is"},
		"one that is watched": {account: func(a *v1alpha1.Account) { a.Spec.ManagementPolicy = v1alpha1.PolicyObserve }, does: "nothing in the store is touched"},
		"one without a row":   {account: func(a *v1alpha1.Account) { a.Status.AccountID = "" }, does: "only the object goes", storeHas: true},
		"a suspended one":     {account: func(a *v1alpha1.Account) { a.Spec.Suspend = true }, does: "a deletion acts all the same", storeHas: true},
		"one on its way": {account: func(a *v1alpha1.Account) { a.DeletionTimestamp = &metav1.Time{} },
			does: "account 7", storeHas: true},
		"one in which something runs": {account: runs(2, 1), looked: true, blocks: "Instance: 2 in the account", does: "account 7"},
		"what runs is in teams that go to an heir": {account: func(a *v1alpha1.Account) { runs(1, 1)(a); transfer(a) }, others: heirs(), looked: true,
			does: "go to account/bob"},
		"what runs is in teams that go with it": {account: runs(1, 1), looked: true, blocks: "Instance: 1 in the account", does: "account 7"},
		"one that is kept, with what runs":      {account: func(a *v1alpha1.Account) { runs(1, 0)(a); retain(a) }, looked: true, does: "stays in the store as it is"},
		"no manager":                            {account: func(a *v1alpha1.Account) { a.Status.Conditions = nil }, blocks: "no manager has looked at it yet", storeHas: true},
		"no store": {account: reason(metav1.ConditionFalse, v1alpha1.ReasonStoreUnavailable),
			blocks: "StoreUnavailable: x", storeHas: true},
		"an address in use is no obstacle": {account: reason(metav1.ConditionFalse, v1alpha1.ReasonEmailInUse), storeHas: true},
		"another finalizer": {account: func(a *v1alpha1.Account) { a.Finalizers = []string{v1alpha1.Finalizer, "backup.example/keep"} },
			blocks: "finalizer backup.example/keep", storeHas: true},
		"no heir":          {account: transfer, blocks: "bob, which does not exist", storeHas: true},
		"an unready heir":  {account: transfer, others: heirs(reason(metav1.ConditionFalse, v1alpha1.ReasonEmailInUse)), blocks: "bob, which is not Ready", storeHas: true},
		"a foreign heir":   {account: transfer, others: heirs(func(a *v1alpha1.Account) { a.Spec.ClassName = "x" }), blocks: "of another class", storeHas: true},
		"a good heir":      {account: transfer, others: heirs(), does: "go to account/bob", storeHas: true},
		"kept, so no heir": {account: func(a *v1alpha1.Account) { transfer(a); retain(a) }, does: "managed by nobody"},
		"an heir itself":   {others: heirs(func(a *v1alpha1.Account) { transfer(a); a.Spec.Deletion.TransferTeamsTo.Name = "alice" }), does: "account/bob is to hand its teams", storeHas: true},
	} {
		t.Run(name, func(t *testing.T) {
			a := ready("alice")
			if c.account != nil {
				c.account(&a)
			}
			got := preflight(&picture{account: &a}, append(c.others, a), c.looked)
			if blockers := strings.Join(got.Blockers, "\n"); (c.blocks == "") != (blockers == "") || !strings.Contains(blockers, c.blocks) {
				t.Errorf("blockers %q, wanted %q", blockers, c.blocks)
			}
			if effects := strings.Join(got.Effects, "\n"); !strings.Contains(effects, c.does) {
				t.Errorf("effects %q, wanted %q", effects, c.does)
			}
			if asks := len(got.Unknown) > 0; asks != c.storeHas {
				t.Errorf("unknown: %q", got.Unknown)
			}
		})
	}
}

func ready(name string) v1alpha1.Account {
	a := v1alpha1.Account{ObjectMeta: metav1.ObjectMeta{Name: name, Namespace: "x"}}
	a.Status.AccountID, a.Status.Email = "7", name+"@example.com"
	reason(metav1.ConditionTrue, v1alpha1.ReasonSynced)(&a)
	return a
}

func reason(status metav1.ConditionStatus, r v1alpha1.Reason) func(*v1alpha1.Account) {
	return func(a *v1alpha1.Account) {
		a.Status.Conditions = []metav1.Condition{{Type: v1alpha1.ConditionReady, Status: status, Reason: string(r), Message: "x"}}
	}
}

func retain(a *v1alpha1.Account) { a.Spec.DeletionPolicy = v1alpha1.DeletionRetain }

func transfer(a *v1alpha1.Account) {
	a.Spec.Deletion = v1alpha1.AccountDeletion{Teams: v1alpha1.TeamsTransfer, TransferTeamsTo: &v1alpha1.AccountReference{Name: "bob"}}
}

// runs has instances in the account, some of them in teams that it owns.
func runs(count, inTeams int32) func(*v1alpha1.Account) {
	return func(a *v1alpha1.Account) {
		a.Status.Dependents = []v1alpha1.Dependent{{Kind: "Instance", Count: count, InTeams: &inTeams}}
	}
}

// heirs is bob.
func heirs(edits ...func(*v1alpha1.Account)) []v1alpha1.Account {
	bob := ready("bob")
	for _, edit := range edits {
		edit(&bob)
	}
	return []v1alpha1.Account{bob}
}
