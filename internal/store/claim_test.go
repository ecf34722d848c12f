package store_test

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"strings"
	"testing"

	"github.com/account-operator/account-operator/internal/store"
)

func TestClaim(t *testing.T) {
	alice := store.Claim{Cluster: "c", Kind: store.KindAccount, Namespace: "team", NamespaceUID: "n", Name: "alice", UID: "1"}
	if alice.String() != "Account team/alice" || alice.IsZero() || !(store.Claim{}).IsZero() {
		t.Errorf("got %s", alice)
	}
	for name, test := range map[string]struct {
		change func(*store.Claim)
		want   bool
	}{
		"itself":                     {func(*store.Claim) {}, false},
		"a later life":               {func(c *store.Claim) { c.UID = "2" }, true},
		"in a namespace made again":  {func(c *store.Claim) { c.UID, c.NamespaceUID = "2", "m" }, true},
		"in another cluster":         {func(c *store.Claim) { c.UID, c.Cluster = "2", "d" }, false},
		"of another kind":            {func(c *store.Claim) { c.UID, c.Kind = "2", store.KindEnvVarSet }, false},
		"in another namespace":       {func(c *store.Claim) { c.UID, c.Namespace = "2", "other" }, false},
		"of another name":            {func(c *store.Claim) { c.UID, c.Name = "2", "bob" }, false},
		"the same UID, renamed away": {func(c *store.Claim) { c.Name = "bob" }, false},
	} {
		other := alice
		test.change(&other)
		if alice.Namesake(other) != test.want || other.Namesake(alice) != test.want {
			t.Errorf("%s: wanted %t", name, test.want)
		}
	}
}

// Given all kinds that this package names, when they are looked for among those that claim rows, then only these two are missing: a
// button that was pressed, and what the change feed says of mails.
func TestClaimingKinds_EachKind_IsOneOfThem(t *testing.T) {
	known := map[store.Kind]bool{store.KindAccountAction: true, store.KindMail: true}
	for _, k := range store.ClaimingKinds {
		known[k.Kind] = true
	}
	names := kindConstants(t)
	if len(names) < 5 {
		t.Fatalf("found only %v", names)
	}
	for kind, name := range names {
		if !known[kind] {
			t.Errorf("%s is not in ClaimingKinds", name)
		}
	}
}

// kindConstants reads in the source what constants there are of the type Kind, by their values.
func kindConstants(t *testing.T) map[store.Kind]string {
	t.Helper()
	names := map[store.Kind]string{}
	paths, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range paths {
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(file, func(n ast.Node) bool {
			if spec, is := n.(*ast.ValueSpec); is && fmt.Sprint(spec.Type) == "Kind" && len(spec.Values) == 1 {
				if value, is := spec.Values[0].(*ast.BasicLit); is {
					names[store.Kind(strings.Trim(value.Value, `"`))] = spec.Names[0].Name
				}
			}
			return true
		})
	}
	return names
}
