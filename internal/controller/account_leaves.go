package controller

import (
	"maps"
	"slices"

	"github.com/account-operator/account-operator/internal/store"
)

// accountLeaf is one leaf that a spec sets: what it wants, and what the account has.
type accountLeaf struct {
	path       string
	want, have string
	// spare makes the spec keep what the account has.
	spare func()
}

// accountLeaves are the leaves that want sets, in a fixed order. Sparing one changes want.
func accountLeaves(want *store.AccountSpec, have *store.Account) []accountLeaf {
	leaves := []accountLeaf{
		{"email", want.Email, have.Email, func() { want.Email = have.Email }},
		{"security.twoFactor", want.TwoFactor, have.TwoFactor, func() { want.TwoFactor = have.TwoFactor }},
	}
	w, h := &want.Invoice, &have.Invoice
	for _, l := range []struct {
		path string
		want **string
		have string
	}{
		{"username", &want.Username, have.Username},
		{"preferences.theme", &want.Theme, have.Theme},
		{"notifications.newsletter", &want.Newsletter, have.Newsletter},
		{"invoice.name", &w.Name, h.Name},
		{"invoice.company", &w.Company, h.Company},
		{"invoice.taxID", &w.TaxID, h.TaxID},
		{"invoice.email", &w.Email, h.Email},
		{"invoice.address.line1", &w.Line1, h.Line1},
		{"invoice.address.line2", &w.Line2, h.Line2},
		{"invoice.address.city", &w.City, h.City},
		{"invoice.address.region", &w.Region, h.Region},
		{"invoice.address.postalCode", &w.PostalCode, h.PostalCode},
		{"invoice.address.country", &w.Country, h.Country},
	} {
		if *l.want != nil {
			leaves = append(leaves, accountLeaf{l.path, **l.want, l.have, func() { *l.want = nil }})
		}
	}
	for _, event := range slices.Sorted(maps.Keys(want.Events)) {
		leaves = append(leaves, accountLeaf{
			"notifications.events." + event, want.Events[event], have.Events[event], func() { delete(want.Events, event) },
		})
	}
	return leaves
}

// invoiceFields names the leaves of an invoice that say something.
func invoiceFields(have *store.Account) []string {
	i := have.Invoice
	var names []string
	for _, l := range []struct{ name, value string }{
		{"name", i.Name}, {"company", i.Company}, {"taxID", i.TaxID}, {"email", i.Email},
		{"address.line1", i.Line1}, {"address.line2", i.Line2}, {"address.city", i.City},
		{"address.region", i.Region}, {"address.postalCode", i.PostalCode}, {"address.country", i.Country},
	} {
		if l.value != "" {
			names = append(names, l.name)
		}
	}
	return names
}
