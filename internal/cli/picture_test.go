package cli

import (
	"testing"
	"time"

	"k8s.io/apimachinery/pkg/api/meta"
	"k8s.io/apimachinery/pkg/runtime"

	"github.com/account-operator/account-operator/api/v1alpha1"
	"github.com/account-operator/account-operator/internal/kinds"
)

// Given one object of each kind that belongs to an Account, when the picture is drawn, then it has a row of each, and all are named as
// what loses its account.
func TestPicture_OfEveryKind_HasARowOfEach(t *testing.T) {
	p := &picture{account: &v1alpha1.Account{}}
	for _, k := range kinds.OfAccount() {
		list := k.NewList()
		if err := meta.SetList(list, []runtime.Object{k.New()}); err != nil {
			t.Fatal(err)
		}
		p.belongings = append(p.belongings, belongings(list, p.account)...)
	}
	rows := p.rows(time.Now())
	if len(rows) != len(kinds.All) {
		t.Fatalf("%d rows of %d kinds", len(rows), len(kinds.All))
	}
	for i, k := range kinds.All {
		if want := k.Singular() + "/"; rows[i].name != want {
			t.Errorf("row %d is of %q, wanted %q", i, rows[i].name, want)
		}
	}
	if lost := orphaned(p); len(lost) != 1 {
		t.Errorf("what loses its account: %q", lost)
	}
}

// Given sets that select Accounts by label, when the picture of one is drawn, then it has those that it matches, which lose nothing but it.
func TestPicture_SetSelectsByLabel_IsThereAndStays(t *testing.T) {
	alice := &v1alpha1.Account{}
	alice.Name, alice.Namespace, alice.Labels = "alice", "team", map[string]string{"team": "vision"}
	list := &v1alpha1.EnvVarSetList{}
	for _, team := range []string{"vision", "audio"} {
		set := v1alpha1.EnvVarSet{Spec: v1alpha1.EnvVarSetSpec{AccountSelector: &v1alpha1.AccountSelector{MatchLabels: map[string]string{"team": team}}}}
		set.Name, set.Namespace = team, "team"
		set.Status.Accounts = v1alpha1.MatchedAccounts{Progress: "38/40"}
		list.Items = append(list.Items, set)
	}
	p := &picture{account: alice, belongings: belongings(list, alice)}
	rows := p.rows(time.Now())
	if len(rows) != 2 || rows[1].name != "envvarset/vision" || rows[1].about != "- in 38/40 accounts" {
		t.Errorf("the rows are %+v", rows)
	}
	if lost := orphaned(p); len(lost) != 0 {
		t.Errorf("what loses its account: %q", lost)
	}
}
