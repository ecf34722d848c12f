package sqlstore

import (
	"context"
	"errors"
	"strconv"

	"github.com/account-operator/account-operator/internal/store"
)

func (l *led) AtAddress(ctx context.Context, email string) (live, deleted *store.Account, err error) {
	var holder, former store.Account
	key := addressKey(email)
	err = l.engine.read(ctx, append(
		readAccount(&holder, `email_key = $1 AND deleted_at IS NULL`, key),
		readAccount(&former, `id = (SELECT id FROM accounts d WHERE d.email_key = $1 AND d.deleted_at IS NOT NULL AND d.purged_at IS NULL
			ORDER BY d.deleted_at DESC, d.id DESC LIMIT 1)`, key)...)...)
	if err != nil {
		return nil, nil, doing("looking for accounts of the address", err)
	}
	if holder.ID != "" {
		live = &holder
	}
	if former.ID != "" {
		deleted = &former
	}
	return live, deleted, nil
}

// candidate is an account that a claim may take over, under the lock of its row.
type candidate struct {
	id      int64
	holder  store.Claim
	address string
	live    bool
	purged  bool
}

func (l *led) Adopt(ctx context.Context, c store.Claim, accountID string) error {
	return l.takeOver(ctx, c, accountID, "adopting the account", func(a candidate) ([]statement, error) {
		switch {
		case !a.live:
			return nil, store.ErrNotFound
		case !a.holder.IsZero():
			return nil, &store.ConflictError{Field: "claim", Holder: claimOf(store.KindAccount, a.holder)}
		}
		return []statement{take(c, a, ``), audit(c, c, deed{op: "AdoptAccount"})}, nil
	})
}

func (l *led) Restore(ctx context.Context, c store.Claim, accountID string) error {
	return l.takeOver(ctx, c, accountID, "restoring the account", func(a candidate) ([]statement, error) {
		if a.live || a.purged {
			return nil, store.ErrNotFound
		}
		return []statement{take(c, a, `, deleted_at = NULL`), audit(c, c, deed{op: "RestoreAccount"})}, nil
	})
}

func take(c store.Claim, a candidate, also string) statement {
	return say(`UPDATE accounts SET cluster = $1, namespace = $2, namespace_uid = $3, name = $4, uid = $5`+also+` WHERE id = $6`,
		claimArgs(c, a.id)...)
}

// takeOver does nothing when the account is the claim's already. The unique indexes know who else is in the way.
func (l *led) takeOver(ctx context.Context, c store.Claim, accountID, what string, decide func(candidate) ([]statement, error)) error {
	if err := checkWrite(nil, c); err != nil {
		return err
	}
	id, err := strconv.ParseInt(accountID, 10, 64)
	if err != nil {
		return doing(what, store.ErrNotFound)
	}
	var a candidate
	err = l.write(ctx, what, []statement{ask(func(r row) error {
		return r.Scan(append(claimInto(&a.holder), &a.id, &a.address, &a.live, &a.purged)...)
	}, `SELECT `+claimOut+`, id, email, deleted_at IS NULL, purged_at IS NOT NULL FROM accounts WHERE id = $1 FOR UPDATE`, id)},
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
