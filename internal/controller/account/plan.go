package account

import (
	"cmp"
	"strings"

	"github.com/account-operator/account-operator/api/v1alpha1"
	"github.com/account-operator/account-operator/internal/store"
)

// desired says what of a spec is the store's to hold. A policy that is left out is its default.
func desired(spec *v1alpha1.AccountSpec) store.AccountSpec {
	want := store.AccountSpec{
		Email: spec.Email, Settings: settingsIn(spec), ReferredBy: spec.ReferredBy,
		TwoFactor:     string(cmp.Or(spec.Security.TwoFactor, v1alpha1.TwoFactorOptional)),
		SuspendAccess: spec.SuspendAccess,
	}
	if spec.Security.EmailChange == v1alpha1.EmailByHolder {
		want.EmailChange = store.EmailByHolder
	}
	if len(spec.Notifications.Events) > 0 {
		want.Events = make(map[string]string, len(spec.Notifications.Events))
	}
	for _, e := range spec.Notifications.Events {
		want.Events[e.Type] = string(e.Email)
	}
	return want
}

// settingsIn reads what store.Settings names. A leaf that is left out stays nil: it is the account holder's.
func settingsIn(spec *v1alpha1.AccountSpec) store.Settings[*string] {
	i := &spec.Invoice
	return store.Settings[*string]{
		Username: (*string)(spec.Username), Theme: leaf(spec.Preferences.Theme), Newsletter: leaf(spec.Notifications.Newsletter),
		Invoice: store.Invoice[*string]{
			Name: (*string)(i.Name), Company: (*string)(i.Company), TaxID: (*string)(i.TaxID), Email: i.Email,
			Line1: (*string)(i.Address.Line1), Line2: (*string)(i.Address.Line2), City: (*string)(i.Address.City),
			Region: (*string)(i.Address.Region), PostalCode: (*string)(i.Address.PostalCode), Country: i.Address.Country,
			PurchaseOrder: (*string)(i.PurchaseOrder),
		},
	}
}

// leaf is nil for an enum that is left out.
func leaf[E ~string](value E) *string {
	if value == "" {
		return nil
	}
	text := string(value)
	return &text
}

// sameAddress compares as the store does. Addresses are ASCII, which admission holds.
func sameAddress(a, b string) bool { return strings.EqualFold(a, b) }
