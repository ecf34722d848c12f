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
		p.belongings = append(p.belongings, belongings(list, "")...)
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
