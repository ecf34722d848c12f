package store

import "context"

// PageSize is how many rows are read at once where all of a kind are.
const PageSize = 1000

// EachApplied reads what each claim of a kind applied last. What do removes was on the page before.
func EachApplied(ctx context.Context, from Records, kind Kind, do func(Applied) error) error {
	return each(func(after string) ([]Applied, error) { return from.Applied(ctx, kind, after, PageSize) },
		func(a Applied) string { return a.Claim.UID }, do)
}

// EachAccount reads the accounts that claims hold.
func EachAccount(ctx context.Context, from Reader, do func(Account) error) error {
	return each(func(after string) ([]Account, error) { return from.Accounts(ctx, after, PageSize) },
		func(a Account) string { return a.Claim.UID }, do)
}

// EachClaim reads the claims of a kind that hold rows.
func EachClaim(ctx context.Context, from Reader, kind Kind, do func(Claim) error) error {
	return each(func(after string) ([]Claim, error) { return from.Claims(ctx, kind, after, PageSize) },
		func(c Claim) string { return c.UID }, do)
}

// EachManagedUnknown reads the claims of whose accounts it is not known what the object sets.
func EachManagedUnknown(ctx context.Context, from Managing, do func(ManagedLeaves) error) error {
	return each(func(after string) ([]ManagedLeaves, error) { return from.ManagedUnknown(ctx, after, PageSize) },
		func(m ManagedLeaves) string { return m.Claim.UID }, do)
}

// each reads page by page until one is not full.
func each[T any](page func(after string) ([]T, error), uid func(T) string, do func(T) error) error {
	for after := ""; ; {
		rows, err := page(after)
		if err != nil {
			return err
		}
		for _, row := range rows {
			if err := do(row); err != nil {
				return err
			}
		}
		if len(rows) < PageSize {
			return nil
		}
		after = uid(rows[len(rows)-1])
	}
}
