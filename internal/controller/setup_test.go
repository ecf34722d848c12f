package controller

import (
	"testing"

	"github.com/account-operator/account-operator/api/v1alpha1"
	"github.com/account-operator/account-operator/internal/controller/clusterview"
	"github.com/account-operator/account-operator/internal/controller/status"
	"github.com/account-operator/account-operator/internal/kinds"
)

// Given the list of kinds, then each has what cannot be made from that: a controller, what its objects refer to, and, where it has rows in
// an account, how many.
func TestSetup_EachKind_IsInTheListsByHand(t *testing.T) {
	shown := status.Counts(&v1alpha1.AccountStatus{})
	for _, k := range kinds.All {
		if controllers[k.Name] == nil {
			t.Errorf("%s has no controller", k.Name)
		}
		if clusterview.Indexers[k.Name] == nil {
			t.Errorf("%s has no index of what its objects refer to", k.Name)
		}
		if k.Claims && k.OfAccount && shown[k.Name] == nil {
			t.Errorf("no status says how many objects of %s an Account has", k.Name)
		}
	}
}
