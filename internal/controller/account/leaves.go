package account

import (
	"cmp"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/account-operator/account-operator/internal/store"
)

// accountLeaf is one leaf that a spec sets: what it wants, and what the account has.
type accountLeaf struct {
	path       string
	want, have string
	// spare makes the spec keep what the account has.
	spare func()
}

// leaves are the leaves that want sets, in a fixed order. Sparing one changes want.
func leaves(want *store.AccountSpec, have *store.Account) []accountLeaf {
	leaves := append(addressLeaves(want, have),
		accountLeaf{"security.twoFactor", want.TwoFactor, have.TwoFactor, func() { want.TwoFactor = have.TwoFactor }},
		accountLeaf{"suspendAccess", strconv.FormatBool(want.SuspendAccess), strconv.FormatBool(suspended(have)), func() { want.SuspendAccess = suspended(have) }})
	wanted := want.Leaves()
	for n, has := range have.Leaves() {
		if l := wanted[n]; *l.Value != nil {
			leaves = append(leaves, accountLeaf{l.Path, **l.Value, *has.Value, func() {
				*l.Value, want.Spared = nil, append(want.Spared, l.Path)
			}})
		}
	}
	for _, event := range slices.Sorted(maps.Keys(want.Events)) {
		leaves = append(leaves, accountLeaf{
			store.EventLeaf(event), want.Events[event], have.Events[event], func() {
				delete(want.Events, event)
				want.Spared = append(want.Spared, store.EventLeaf(event))
			},
		})
	}
	return leaves
}

// addressLeaves say whose the address is only where it is, or was, the holder's: an account that has it as ever is compared as ever.
func addressLeaves(want *store.AccountSpec, have *store.Account) (leaves []accountLeaf) {
	if want.EmailChange != store.EmailByHolder {
		leaves = append(leaves, accountLeaf{store.EmailLeaf, want.Email, have.Email, func() { want.Email = have.Email }})
	}
	if wanted := cmp.Or(want.EmailChange, store.EmailByPlatform); wanted == store.EmailByHolder || have.EmailChange == store.EmailByHolder {
		leaves = append(leaves, accountLeaf{"security.emailChange", wanted, have.EmailChange, func() { want.EmailChange = have.EmailChange }})
	}
	return leaves
}

func suspended(have *store.Account) bool { return !have.SuspendedAccess.IsZero() }

// invoiceFields names the leaves of an invoice that say something.
func invoiceFields(have *store.Account) (names []string) {
	for _, leaf := range have.Leaves() {
		if name, of := strings.CutPrefix(leaf.Path, "invoice."); of && *leaf.Value != "" {
			names = append(names, name)
		}
	}
	return names
}
