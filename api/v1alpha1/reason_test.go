package v1alpha1_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"strconv"
	"strings"
	"testing"
)

// The list of reasons is closed and is its own documentation: each says what the reader should do.
func TestReasons_Each_SaysWhatToDo(t *testing.T) {
	file, err := parser.ParseFile(token.NewFileSet(), "conditions.go", nil, parser.ParseComments)
	if err != nil {
		t.Fatal(err)
	}
	found := 0
	ast.Inspect(file, func(n ast.Node) bool {
		spec, ok := n.(*ast.ValueSpec)
		if !ok || !strings.HasPrefix(spec.Names[0].Name, "Reason") {
			return true
		}
		found++
		name := spec.Names[0].Name
		value, err := strconv.Unquote(spec.Values[0].(*ast.BasicLit).Value)
		if err != nil || name != "Reason"+value {
			t.Errorf("%s has the value %q; want the constant to be named after it", name, value)
		}
		if !strings.HasPrefix(spec.Doc.Text(), name+": ") {
			t.Errorf("%s does not say what to do, as in %q", name, "// "+name+": create the Account.")
		}
		return true
	})
	if found == 0 {
		t.Error("no reasons found in conditions.go")
	}
}
