package account

import (
	"testing"

	"github.com/account-operator/account-operator/api/v1alpha1"
	"github.com/account-operator/account-operator/internal/controller/drift"
)

// BenchmarkAccountRecord is what every reconcile of an Account does before it knows whether there is anything to do.
func BenchmarkAccountRecord(b *testing.B) {
	full := v1alpha1.Account{Spec: v1alpha1.AccountSpec{
		Email: "alice@example.com", Username: new(v1alpha1.Line("alice")), Preferences: v1alpha1.Preferences{Theme: "Dark"},
		Notifications: v1alpha1.Notifications{
			Newsletter: "Subscribed", Events: []v1alpha1.EventNotification{{Type: "low_credit", Email: "Enabled"}},
		},
		Invoice: v1alpha1.Invoice{
			Company: new(v1alpha1.Line("Example GmbH")), TaxID: new(v1alpha1.Line("DE123456789")),
			Address: v1alpha1.PostalAddress{City: new(v1alpha1.Line("Berlin")), Country: new("DE")},
		},
	}}
	for name, a := range map[string]*v1alpha1.Account{
		"address only": {Spec: v1alpha1.AccountSpec{Email: "alice@example.com"}},
		"with invoice": &full,
	} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				want := desired(&a.Spec)
				if _, err := drift.Fingerprint(want, drift.PolicyPart(a)); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
