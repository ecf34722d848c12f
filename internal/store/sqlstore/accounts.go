package sqlstore

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/account-operator/account-operator/internal/store"
)

// leaves are the columns that an account holder and a platform team share, with what a new account has in them. specLeaves
// and accountLeaves keep this order.
var leaves = []struct{ column, fresh string }{
	{"username", ""}, {"theme", "System"}, {"newsletter", "Unsubscribed"},
	{"invoice_name", ""}, {"invoice_company", ""}, {"invoice_tax_id", ""}, {"invoice_email", ""},
	{"invoice_line1", ""}, {"invoice_line2", ""}, {"invoice_city", ""}, {"invoice_region", ""},
	{"invoice_postal_code", ""}, {"invoice_country", ""},
}

func specLeaves(w store.AccountSpec) []*string {
	i := w.Invoice
	return []*string{
		w.Username, w.Theme, w.Newsletter, i.Name, i.Company, i.TaxID, i.Email,
		i.Line1, i.Line2, i.City, i.Region, i.PostalCode, i.Country,
	}
}

func accountLeaves(a *store.Account) []any {
	i := &a.Invoice
	return []any{
		&a.Username, &a.Theme, &a.Newsletter, &i.Name, &i.Company, &i.TaxID, &i.Email,
		&i.Line1, &i.Line2, &i.City, &i.Region, &i.PostalCode, &i.Country,
	}
}

// The texts that name every leaf. A put creates the claim's row or changes the leaves that are not NULL in one statement,
// so that no crash and no repetition makes two rows of one claim.
var accountOut, accountPut = accountTexts()

func accountTexts() (out, put string) {
	var columns, values, updates []string
	for n, leaf := range leaves {
		given := fmt.Sprintf("$%d", n+7)
		columns = append(columns, leaf.column)
		values = append(values, fmt.Sprintf("coalesce(%s, '%s')", given, leaf.fresh))
		updates = append(updates, fmt.Sprintf("%s = coalesce(%s, accounts.%s)", leaf.column, given, leaf.column))
	}
	list := strings.Join(columns, ", ")
	out = claimOut + ", id, email, " + list
	put = `INSERT INTO accounts (` + claimColumns + `, email, ` + list + `)
		VALUES ($1, $2, $3, $4, $5, $6, ` + strings.Join(values, ", ") + `)
		ON CONFLICT (cluster, uid) WHERE uid IS NOT NULL AND deleted_at IS NULL
		DO UPDATE SET email = excluded.email, ` + strings.Join(updates, ", ") + ` RETURNING ` + out
	return out, put
}

func accountInto(a *store.Account) func(row) error {
	return func(r row) error {
		var id int64
		into := append(append(claimInto(&a.Claim), &id, &a.Email), accountLeaves(a)...)
		if err := r.Scan(into...); err != nil {
			return err
		}
		a.ID, a.Claim = strconv.FormatInt(id, 10), claimOf(store.KindAccount, a.Claim)
		return nil
	}
}

func (l *led) Account(ctx context.Context, c store.Claim) (store.Account, error) {
	var a store.Account
	err := l.engine.read(ctx, ask(accountInto(&a),
		`SELECT `+accountOut+` FROM accounts WHERE cluster = $1 AND uid = $2 AND deleted_at IS NULL`, c.Cluster, c.UID))
	if err == nil && a.ID == "" {
		err = store.ErrNotFound
	}
	return a, doing("reading the account", err)
}

func (l *led) PutAccount(ctx context.Context, c store.Claim, want store.AccountSpec, mark store.Mark) (store.Account, error) {
	if err := cmp.Or(checkWrite(&mark, c), checkAccount(want)); err != nil {
		return store.Account{}, err
	}
	names := []string{"email"}
	args := claimArgs(c, want.Email)
	for n, leaf := range specLeaves(want) {
		args = append(args, leaf)
		if leaf != nil {
			names = append(names, leaves[n].column)
		}
	}
	var a store.Account
	err := l.writeOnly(ctx, "storing the account",
		ask(accountInto(&a), accountPut, args...),
		remember(c, mark),
		waitNoMore(c),
		audit(c, c, deed{op: "PutAccount", generation: mark.Generation, names: map[string][]string{"set": names}}))
	switch {
	case errors.Is(err, errAddressTaken):
		return store.Account{}, l.await(ctx, c, addressHolder(want.Email))
	case errors.Is(err, errNameTaken):
		return store.Account{}, l.await(ctx, c, nameHolder(c))
	case err != nil:
		return store.Account{}, err
	}
	return a, nil
}
