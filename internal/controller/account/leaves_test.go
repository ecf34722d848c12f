package account

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/account-operator/account-operator/api/v1alpha1"
	"github.com/account-operator/account-operator/internal/store"
)

func TestLeaves_OfAnAccount_AreComparedAndSpared(t *testing.T) {
	spec := v1alpha1.AccountSpec{Email: "alice@example.com", Preferences: v1alpha1.Preferences{Theme: "Dark"}}
	spec.Invoice.TaxID = new(v1alpha1.Line("DE1"))
	spec.Notifications.Events = []v1alpha1.EventNotification{{Type: "outbid", Email: "Enabled"}, {Type: "low_credit", Email: "Disabled"}}
	want := desired(&spec)
	have := store.Account{
		Email: "holder@example.com", TwoFactor: "Required", Settings: store.Settings[string]{
			Username: "alice", Theme: "Light", Invoice: store.Invoice[string]{TaxID: "DE2"},
		}, Events: map[string]string{"outbid": "Disabled"},
	}

	var differing []string
	for _, l := range leaves(&want, &have) {
		if l.want != l.have {
			differing = append(differing, l.path)
			l.spare()
		}
	}

	if diff := cmp.Diff([]string{
		"email", "security.twoFactor", "preferences.theme", "invoice.taxID", "notifications.events.low_credit", "notifications.events.outbid",
	}, differing); diff != "" {
		t.Errorf("leaves that differ (-want +got):\n%s", diff)
	}
	left := store.AccountSpec{Email: "holder@example.com", TwoFactor: "Required", Events: map[string]string{}, Spared: []string{
		"preferences.theme", "invoice.taxID", "notifications.events.low_credit", "notifications.events.outbid",
	}}
	if diff := cmp.Diff(left, want); diff != "" {
		t.Errorf("spared leaves are still written (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(slices.Sorted(slices.Values(differing)), want.Managed()); diff != "" {
		t.Errorf("what the spec sets is not the object's (-want +got):\n%s", diff)
	}
}
