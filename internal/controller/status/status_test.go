package status

import (
	"go/ast"
	"go/parser"
	gotoken "go/token"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// A type of condition that is missing in the list would be taken for another client's, and never be corrected.
func TestOwnConditions_EveryTypeOfTheAPI_IsListed(t *testing.T) {
	file, err := parser.ParseFile(gotoken.NewFileSet(), "../../../api/v1alpha1/conditions.go", nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	found := 0
	ast.Inspect(file, func(n ast.Node) bool {
		spec, is := n.(*ast.ValueSpec)
		if !is || !strings.HasPrefix(spec.Names[0].Name, "Condition") {
			return true
		}
		found++
		if name, _ := strconv.Unquote(spec.Values[0].(*ast.BasicLit).Value); !slices.Contains(ownConditions, name) {
			t.Errorf("ownConditions has no %s", name)
		}
		return true
	})
	if found != len(ownConditions) {
		t.Errorf("the API has %d types of conditions, the list %d", found, len(ownConditions))
	}
}
