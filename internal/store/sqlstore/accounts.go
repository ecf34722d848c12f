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
		say(`DELETE FROM waits WHERE cluster = $1 AND kind = $2 AND uid = $3 AND account_id = 0`, c.Cluster, c.Kind, c.UID),
		audit(c, c, deed{op: "PutAccount", generation: mark.Generation, names: map[string][]string{"set": names}}))
	if errors.Is(err, errAddressTaken) {
		return store.Account{}, l.awaitAddress(ctx, c, want.Email)
	}
	if err != nil {
		return store.Account{}, err
	}
	return a, nil
}

// awaitAddress tells who holds the address and records, under a lock on the holder's row, that the claim waits for it. A
// holder that lets go at the same time is either seen here, or sees the wait.
func (l *led) awaitAddress(ctx context.Context, c store.Claim, email string) error {
	var holder store.Claim
	var found, waits bool
	address := addressKey(email)
	reads := []statement{
		ask(func(r row) error { found = true; return r.Scan(claimInto(&holder)...) },
			`SELECT `+claimOut+` FROM accounts WHERE email_key = $1 AND deleted_at IS NULL FOR UPDATE`, address),
		ask(func(r row) error { return r.Scan(&waits) },
			`SELECT EXISTS (SELECT 1 FROM waits WHERE cluster = $1 AND kind = $2 AND uid = $3 AND account_id = 0
				AND item = $4)`, c.Cluster, c.Kind, c.UID, address),
	}
	err := l.write(ctx, "waiting for the address", reads, func() ([]statement, error) {
		if !found {
			return nil, errAgain
		}
		if waits {
			return nil, nil
		}
		return []statement{
			say(`DELETE FROM waits WHERE cluster = $1 AND kind = $2 AND uid = $3 AND account_id = 0`, c.Cluster, c.Kind, c.UID),
			wait(c, 0, address),
		}, nil
	})
	if err != nil {
		return err
	}
	return doing("storing the account", &store.ConflictError{Field: "email", Holder: claimOf(store.KindAccount, holder)})
}

// addressKey is the content of email_key. Both databases lower ASCII letters only.
func addressKey(email string) string {
	return strings.Map(func(r rune) rune {
		if 'A' <= r && r <= 'Z' {
			r += 'a' - 'A'
		}
		return r
	}, email)
}
