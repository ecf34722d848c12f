package fault_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"strings"
	"testing"

	"github.com/account-operator/account-operator/test/fault"
)

func TestGoals_Tests_Exist(t *testing.T) {
	seen := map[string]bool{}
	for _, g := range fault.Goals {
		if seen[g.ID] || g.Line == "" {
			t.Errorf("%s stands there twice, or has no line", g.ID)
		}
		seen[g.ID] = true
		for _, test := range g.Tests {
			name, _, _ := strings.Cut(test.Name, "/")
			if !functions(t, test.Package)[name] {
				t.Errorf("%s: %s has no %s", g.ID, test.Package, test.Name)
			}
			if test.Long == 0 || test.Short > test.Long {
				t.Errorf("%s: %s has %d cases in short and %d in all", g.ID, test.Name, test.Short, test.Long)
			}
		}
	}
}

// functions are the names of those in the tests of a package.
func functions(t *testing.T, pkg string) map[string]bool {
	t.Helper()
	files, err := filepath.Glob(filepath.Join("..", "..", pkg, "*_test.go"))
	if err != nil || len(files) == 0 || !strings.HasPrefix(pkg, "./") {
		t.Fatalf("%s has no tests (%v)", pkg, err)
	}
	found := map[string]bool{}
	for _, f := range files {
		parsed, err := parser.ParseFile(token.NewFileSet(), f, nil, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		for _, d := range parsed.Decls {
			if fn, ok := d.(*ast.FuncDecl); ok {
				found[fn.Name.Name] = true
			}
		}
	}
	return found
}
