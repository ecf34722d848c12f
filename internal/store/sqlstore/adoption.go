package sqlstore

import (
	"context"
	"errors"
	"strconv"

	"github.com/account-operator/account-operator/internal/store"
)

func (l *fencedStore) AtAddress(ctx context.Context, c store.Claim, email string) (live *store.Account, retained store.Claim, err error) {
	var holder store.Account
	const where = `id = coalesce((` + formerOfClaim + `), (SELECT id FROM accounts WHERE email_key = $1 AND deleted_at IS NULL))`
	args := formerArgs(c, email)
	err = l.engine.read(ctx, append(readAccount(&holder, where, args...),
		query(func(r row) error { return r.Scan(claimInto(&retained)...) },
			`SELECT `+retainedOut+` FROM accounts WHERE `+where+` AND uid IS NULL AND (retained_email_key = email_key OR email_named = $1)`, args...))...)
	if err != nil {
		return nil, store.Claim{}, doing("looking for the account of the address", err)
	}
	if holder.ID != "" {
		live = &holder
	}
	return live, claimOf(store.KindAccount, retained), nil
}

func (l *fencedStore) Restorable(ctx context.Context, c store.Claim, email, accountID string) (all []store.Restorable, err error) {
	id, _ := strconv.ParseInt(accountID, 10, 64) // what is no number is no account's: 0
	err = l.engine.read(ctx, query(func(r row) error {
		var d store.Restorable
		err := r.Scan(append(claimInto(&d.Claim), &d.ID, &d.Email, moment{&d.Deleted}, &d.Used)...)
		d.Claim = claimOf(store.KindAccount, d.Claim)
		all = append(all, d)
		return err
	}, `SELECT `+claimOut+`, CAST(id AS TEXT), email, deleted_at,
			(email_verified_at IS NOT NULL OR password_hash IS NOT NULL OR EXISTS (SELECT 1 FROM factors WHERE account_id = accounts.id)) AS used
		FROM accounts WHERE id IN (SELECT id FROM accounts WHERE email_key = $1 AND deleted_at IS NOT NULL AND purged_at IS NULL AND holder_deleted_at IS NULL
			UNION SELECT id FROM accounts WHERE email_named = $1 AND email_named <> '' AND deleted_at IS NOT NULL AND purged_at IS NULL AND holder_deleted_at IS NULL AND `+sameName+`)
		ORDER BY id = $2 DESC, (`+sameName+`) DESC, used DESC, deleted_at DESC, id DESC
		LIMIT $7`, addressKey(email), id, c.Cluster, c.Namespace, c.NamespaceUID, c.Name, store.MaxRestorable))
	return all, doing("looking for deleted accounts of the address", err)
}

const (
	// sameName asks whether the object of a row has the name of $3 to $6, in this very namespace.
	sameName = `cluster = $3 AND namespace = $4 AND namespace_uid = $5 AND name = $6`
	// formerOfClaim finds what the object of this name retained, when it had named the address and left it to the holder.
	formerOfClaim = `SELECT max(id) FROM accounts WHERE email_named = $1 AND email_named <> '' AND deleted_at IS NULL AND uid IS NULL
		AND retained_cluster = $2 AND retained_namespace = $3 AND retained_namespace_uid = $4 AND retained_name = $5`
)

// formerArgs are those of formerOfClaim.
func formerArgs(c store.Claim, email string) []any {
	return []any{addressKey(email), c.Cluster, c.Namespace, c.NamespaceUID, c.Name}
}

// candidate is an account that a claim may take over, under the lock of its row.
type candidate struct {
	id      int64
	holder  store.Claim
	address string
	live    bool
	gone    bool // for good
}

func (l *fencedStore) Adopt(ctx context.Context, c store.Claim, found store.Account) error {
	return l.takeOver(ctx, c, found.ID, "adopting the account", func(a candidate) ([]statement, error) {
		switch {
		case !a.live:
			return nil, store.ErrNotFound
		case !a.holder.IsZero():
			return nil, &store.ConflictError{Field: "claim", Holder: claimOf(store.KindAccount, a.holder)}
		case addressKey(a.address) != addressKey(found.Email): // its holder changed it since
			return nil, store.ErrNotFound
		}
		return []statement{take(c, a, ``), audit(c, c, auditEntry{op: "AdoptAccount"})}, nil
	})
}

func (l *fencedStore) Restore(ctx context.Context, c store.Claim, accountID string) error {
	return l.takeOver(ctx, c, accountID, "restoring the account", func(a candidate) ([]statement, error) {
		if a.live || a.gone {
			return nil, store.ErrNotFound
		}
		return []statement{take(c, a, `, deleted_at = NULL`), audit(c, c, auditEntry{op: "RestoreAccount"})}, nil
	})
}

func take(c store.Claim, a candidate, also string) statement {
	return exec(`UPDATE accounts SET cluster = $1, namespace = $2, namespace_uid = $3, name = $4, uid = $5, `+noRetained+also+` WHERE id = $6`,
		claimArgs(c, a.id)...)
}

// takeOver does nothing when the account is the claim's already. The unique indexes know who else is in the way.
func (l *fencedStore) takeOver(ctx context.Context, c store.Claim, accountID, what string, decide func(candidate) ([]statement, error)) error {
	if err := checkWrite(nil, c); err != nil {
		return err
	}
	id, err := strconv.ParseInt(accountID, 10, 64)
	if err != nil {
		return doing(what, store.ErrNotFound)
	}
	var a candidate
	err = l.write(ctx, what, []statement{query(func(r row) error {
		return r.Scan(append(claimInto(&a.holder), &a.id, &a.address, &a.live, &a.gone)...)
	}, `SELECT `+claimOut+`, id, email, deleted_at IS NULL, (purged_at IS NOT NULL OR holder_deleted_at IS NOT NULL) FROM accounts WHERE id = $1 FOR UPDATE`, id)},
		func() ([]statement, error) {
			if a.id == 0 {
				return nil, store.ErrNotFound
			}
			if a.live && a.holder.Cluster == c.Cluster && a.holder.UID == c.UID {
				return nil, nil
			}
			writes, err := decide(a)
			return append([]statement{waitNoMore(c)}, writes...), err
		})
	switch {
	case errors.Is(err, errAddressTaken):
		err = l.await(ctx, c, addressHolder(a.address))
	case errors.Is(err, errNameTaken):
		err = l.await(ctx, c, nameHolder(c))
	}
	if errors.Is(err, errClaimTaken) {
		return doing(what, &store.ConflictError{Field: "claim", Holder: c})
	}
	return err
}
