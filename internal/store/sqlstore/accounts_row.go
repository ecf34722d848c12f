package sqlstore

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/account-operator/account-operator/internal/store"
)

// The texts that name every leaf. A leaf that is NULL is the row's to keep, or fresh in a new one.
var accountOut, accountInsert, accountUpdate = accountTexts()

func accountTexts() (out, insert, update string) {
	var values, updates []string
	for n, leaf := range leaves {
		values = append(values, fmt.Sprintf("coalesce($%d, '%s')", n+10, leaf.Fresh))
		updates = append(updates, fmt.Sprintf("%s = coalesce($%d, %s)", leaf.Column, n+4, leaf.Column))
	}
	out = claimOut + `, id, email, ` + leafColumns + `, two_factor_policy, access_suspended_at, deletion_requested_at, email_change, email_named, email_verified_at, ` + notProved + `, referral_code,
		(SELECT count(*) FROM accounts r WHERE r.referred_by = accounts.id),
		(SELECT count(*) FROM backup_codes b WHERE b.account_id = accounts.id)`
	for _, k := range kinds {
		if k.inAccount {
			out += `, (SELECT count(*) FROM ` + k.table + ` k WHERE k.account_id = accounts.id)`
		}
	}
	insert = `INSERT INTO accounts (` + claimColumns + `, email, two_factor_policy, referral_code, referred_by, ` + leafColumns + `, managed, email_change, email_named, access_suspended_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, ` + strings.Join(values, ", ") + fmt.Sprintf(`, $%d, $%d, $%d, $%d)`, len(leaves)+10, len(leaves)+11, len(leaves)+12, len(leaves)+13)
	update = `UPDATE accounts SET email = $2, two_factor_policy = $3, ` + strings.Join(updates, ", ") +
		fmt.Sprintf(`, managed = $%d, email_change = $%d, email_named = $%d, access_suspended_at = $%d WHERE id = $1`,
			len(leaves)+4, len(leaves)+5, len(leaves)+6, len(leaves)+7)
	return out, insert, update
}

func accountInto(a *store.Account) func(row) error {
	return func(r row) error {
		var id int64
		into := append(claimInto(&a.Claim), &id, &a.Email)
		for _, leaf := range a.Leaves() {
			into = append(into, leaf.Value)
		}
		into = append(into, &a.TwoFactor, moment{&a.SuspendedAccess}, moment{&a.DeletionRequested}, &a.EmailChange, &a.EmailNamed, moment{&a.EmailVerified},
			&a.AddressNotProved, &a.Referral.Code, &a.Referral.Count,
			&a.Factors.BackupCodesRemaining)
		a.Held = map[store.Kind]int{}
		for _, k := range kinds {
			if k.inAccount {
				into = append(into, held{a, k.name})
			}
		}
		if err := r.Scan(into...); err != nil {
			return err
		}
		a.ID, a.Claim = strconv.FormatInt(id, 10), claimOf(store.KindAccount, a.Claim)
		return nil
	}
}

// held reads how many rows of a kind an account has.
type held struct {
	in *store.Account
	of store.Kind
}

func (h held) Scan(value any) error {
	n, is := value.(int64)
	if !is {
		return errors.New("a count is no number")
	}
	h.in.Held[h.of] = int(n)
	return nil
}

// readAccount reads all of the account that the condition finds, by arguments from $1 on, in one round trip.
func readAccount(a *store.Account, where string, args ...any) []statement {
	return []statement{
		query(accountInto(a), `SELECT `+accountOut+` FROM accounts WHERE `+where, args...),
		query(func(r row) error {
			var kind, email string
			if err := r.Scan(&kind, &email); err != nil {
				return err
			}
			choose(a, kind, email)
			return nil
		}, `SELECT type, email FROM notification_prefs WHERE account_id = (SELECT id FROM accounts WHERE `+where+`)`, args...),
		query(func(r row) error {
			var method store.FactorMethod
			err := r.Scan(&method)
			a.Factors.Methods = append(a.Factors.Methods, method)
			return err
		}, `SELECT DISTINCT method FROM factors WHERE account_id = (SELECT id FROM accounts WHERE `+where+`) ORDER BY method`, args...),
		query(confirmationInto(func(string) *store.Account { return a }), confirmationOut+` = (SELECT id FROM accounts WHERE `+where+`)`, args...),
		query(dependentsInto(func(string) *store.Account { return a }), dependentsOf(`= (SELECT id FROM accounts WHERE `+where+`)`), args...),
	}
}

// confirmationOut is what became of the mail that asks to confirm an address; there is one at most that is not void. The state is not
// narrowed to one: PostgreSQL would walk all that wait, of everybody.
const confirmationOut = `SELECT CAST(m.account_id AS TEXT), m.state, m.created_at, m.sent_at, m.due_at, m.attempts, m.reason FROM mails m
	WHERE m.kind IN ('VerifyAddress', 'ProveAddress') AND m.state <> 'Void' AND m.account_id`

// dependentsOf counts what runs in the accounts of these IDs, and in teams that they own.
func dependentsOf(ids string) string {
	return `SELECT CAST(holder_id AS TEXT), kind, count(*), count(team_id) FROM dependents WHERE holder_id ` + ids + `
		GROUP BY holder_id, kind ORDER BY holder_id, kind`
}

// dependentsInto finds the account by its ID.
func dependentsInto(of func(id string) *store.Account) func(row) error {
	return func(r row) error {
		var id string
		var d store.Dependent
		err := r.Scan(&id, &d.Kind, &d.Count, &d.InTeams)
		if a := of(id); a != nil {
			a.Dependents = append(a.Dependents, d)
		}
		return err
	}
}

// confirmationInto finds the account by its ID.
func confirmationInto(of func(id string) *store.Account) func(row) error {
	return func(r row) error {
		var c store.Confirmation
		var id string
		var due time.Time
		var attempts int
		if err := r.Scan(&id, &c.State, moment{&c.Since}, moment{&c.Sent}, moment{&due}, &attempts, &c.Reason); err != nil {
			return err
		}
		if c.State == store.MailWaiting && attempts == 0 {
			c.Held = due
		}
		if a := of(id); a != nil {
			a.Confirmation = c
		}
		return nil
	}
}

// choose notes whether the account's holder gets a type of notification.
func choose(a *store.Account, event, email string) {
	if a.Events == nil {
		a.Events = map[string]string{}
	}
	a.Events[event] = email
}
