package envvarset

import (
	"slices"
	"testing"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/account-operator/account-operator/api/v1alpha1"
	"github.com/account-operator/account-operator/internal/controller/drift"
	"github.com/account-operator/account-operator/internal/source"
	"github.com/account-operator/account-operator/internal/store"
)

func TestReport_OfAPlan_ShowsWhatTheSetHolds(t *testing.T) {
	before := metav1.Unix(1, 0)
	set := &v1alpha1.EnvVarSet{}
	set.Status.LastSyncTime = &before
	idle := plan{names: []string{"A", "B"}, drift: &drift.Drift{}}
	busy := idle
	busy.changes = []store.EnvVarChange{{Op: store.EnvVarSet, Name: "A"}}

	reportEnvVars(set, idle, []v1alpha1.SourceVersion{{Name: "s"}})
	if *set.Status.VarCount != 2 || !slices.Equal(set.Status.Names, idle.names) || len(set.Status.Sources) != 1 {
		t.Errorf("status: %+v", set.Status)
	}
	if !set.Status.LastSyncTime.Equal(&before) {
		t.Error("a plan that writes nothing is shown as a write")
	}
	reportEnvVars(set, busy, nil)
	if set.Status.LastSyncTime.Equal(&before) {
		t.Error("a write is not shown")
	}
	set.Status.LastSyncTime = nil
	reportEnvVars(set, idle, nil)
	if set.Status.LastSyncTime == nil {
		t.Error("the first sync has no time")
	}
}

// Given a variable, then what its value is remembered by is another one where its value, its account or the version of its source is,
// and the same where they are.
func TestVariableMarks_OfAValue_FollowWhereItIsFrom(t *testing.T) {
	secret := source.Ref{Kind: "Secret", Name: "hf"}
	mark := func(account store.Claim, w source.Variable, version string) string {
		t.Helper()
		marks, err := variableMarks(account, []source.Variable{w}, map[source.Ref]source.Object{secret: {UID: "u", ResourceVersion: version}})
		if err != nil || len(marks[w.Name]) != drift.MarkSize {
			t.Fatalf("marks %v, %v", marks, err)
		}
		return marks[w.Name]
	}
	alice, bob := store.Claim{UID: "1"}, store.Claim{UID: "2"}
	inline, other := wants("A", "1")[0], wants("A", "2")[0]
	taken := source.Variable{Name: "A", Value: inline.Value, From: secret}
	seen := map[string]string{}
	for name, m := range map[string]string{
		"of the spec":                 mark(alice, inline, "1"),
		"another value of the spec":   mark(alice, other, "1"),
		"another account":             mark(bob, inline, "1"),
		"of a Secret":                 mark(alice, taken, "1"),
		"another version of a Secret": mark(alice, taken, "2"),
	} {
		if same, is := seen[m]; is {
			t.Errorf("%s has the mark of %s", name, same)
		}
		seen[m] = name
	}
	if mark(alice, inline, "1") != mark(alice, inline, "2") {
		t.Error("a value of the spec has a mark that follows a Secret")
	}
}
