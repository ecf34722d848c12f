package store

import (
	"context"
	"maps"
	"slices"
)

// Managing fills in what objects set of accounts that were stored before anything asked for it.
type Managing interface {
	// ManagedUnknown pages through the claims of this cluster of whose accounts that is not known, as Records.Applied does.
	ManagedUnknown(ctx context.Context, afterUID string, limit int) ([]ManagedLeaves, error)
	// FillManaged notes it, where it is still not known and the record is still the one that was applied last. It changes nothing of an
	// account, and wakes nobody.
	FillManaged(ctx context.Context, all []ManagedLeaves) error
}

// ManagedLeaves are the leaves that the object of an account set when this was its record.
type ManagedLeaves struct {
	AccountID string
	Claim     Claim
	Record    string
	Leaves    []string
}

// Managed are the paths of the leaves that the spec sets, sorted.
func (s *AccountSpec) Managed() []string {
	paths := append([]string{"security.twoFactor"}, s.Spared...)
	if s.EmailChange != EmailByHolder {
		paths = append(paths, EmailLeaf)
	}
	for _, leaf := range s.Leaves() {
		if *leaf.Value != nil {
			paths = append(paths, leaf.Path)
		}
	}
	for event := range maps.Keys(s.Events) {
		paths = append(paths, EventLeaf(event))
	}
	slices.Sort(paths)
	return slices.Compact(paths)
}

// EmailLeaf is the path of an account's address.
const EmailLeaf = "email"

// EventLeaf is the path of the leaf that says whether a type of notification is mailed.
func EventLeaf(event string) string { return "notifications.events." + event }
