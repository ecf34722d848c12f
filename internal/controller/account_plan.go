package controller

import (
	"fmt"
	"strings"

	"github.com/account-operator/account-operator/api/v1alpha1"
	"github.com/account-operator/account-operator/internal/store"
)

// wantAccount says what of a spec is the store's to hold. A leaf that is left out stays nil: it is the account holder's.
func wantAccount(spec *v1alpha1.AccountSpec) store.AccountSpec {
	i := &spec.Invoice
	return store.AccountSpec{
		Email:      spec.Email,
		Username:   spec.Username,
		Theme:      leaf(spec.Preferences.Theme),
		Newsletter: leaf(spec.Notifications.Newsletter),
		Invoice: store.InvoiceSpec{
			Name: i.Name, Company: i.Company, TaxID: i.TaxID, Email: i.Email,
			Line1: i.Address.Line1, Line2: i.Address.Line2, City: i.Address.City,
			Region: i.Address.Region, PostalCode: i.Address.PostalCode, Country: i.Address.Country,
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

func deletionBlockers(blockers []store.Blocker) []v1alpha1.DeletionBlocker {
	told := make([]v1alpha1.DeletionBlocker, len(blockers))
	for i, b := range blockers {
		told[i] = v1alpha1.DeletionBlocker{Kind: b.Kind, Count: int32(min(b.Count, 1<<30)), IDs: b.IDs} //nolint:gosec // bounded by min
	}
	return told
}

// blockedMessage names what is in the way and what to do about it.
func blockedMessage(blockers []store.Blocker) string {
	parts := make([]string, len(blockers))
	for i, b := range blockers {
		ids := strings.Join(b.IDs, ", ")
		if b.Count > len(b.IDs) {
			ids += ", ..."
		}
		parts[i] = fmt.Sprintf("%d %s (%s)", b.Count, plural(b), ids)
	}
	return "the account still has " + strings.Join(parts, "; ") +
		"; remove them where they run and the deletion goes on by itself, or set spec.deletionPolicy to Retain to keep the account"
}

func plural(b store.Blocker) string {
	if b.Count == 1 {
		return strings.ToLower(b.Kind)
	}
	return strings.ToLower(b.Kind) + "s"
}
