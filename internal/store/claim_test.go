package store_test

import (
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
		"in a namespace made anew":   {func(c *store.Claim) { c.UID, c.NamespaceUID = "2", "m" }, true},
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
