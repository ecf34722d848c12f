package config_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"strconv"
	"strings"
	"testing"
)

// The states are of conditions and reasons that there are, and no condition is without a state: so a new one is thought of here.
func TestStates_Conditions_AreThoseThatExist(t *testing.T) {
	conditions, reasons := declared(t, "Condition"), declared(t, "Reason")
	shown := map[string]bool{}
	for _, s := range states(t) {
		for condition, said := range s.Conditions {
			shown[condition] = true
			status, reason, _ := strings.Cut(said, "/")
			if !conditions[condition] || !reasons[reason] || !strings.Contains("True False Unknown", status) {
				t.Errorf("%s: there is no condition %s=%s", s.State, condition, said)
			}
		}
	}
	for condition := range conditions {
		if !shown[condition] {
			t.Errorf("no state has the condition %s; say in config/argocd/states.yaml how tools have to read it", condition)
		}
	}
}

// declared are the values of the API's constants whose names begin like this.
func declared(t *testing.T, prefix string) map[string]bool {
	t.Helper()
	file, err := parser.ParseFile(token.NewFileSet(), "../api/v1alpha1/conditions.go", nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	all := map[string]bool{}
	ast.Inspect(file, func(n ast.Node) bool {
		spec, is := n.(*ast.ValueSpec)
		if !is || !strings.HasPrefix(spec.Names[0].Name, prefix) {
			return true
		}
		value, err := strconv.Unquote(spec.Values[0].(*ast.BasicLit).Value)
		if err != nil {
			t.Fatal(err)
		}
		all[value] = true
		return true
	})
	if len(all) == 0 {
		t.Fatalf("the API has no constants %s...", prefix)
	}
	return all
}
