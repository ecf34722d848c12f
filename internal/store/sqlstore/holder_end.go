package sqlstore

import (
	"context"
	"time"

	"github.com/account-operator/account-operator/internal/store"
)

// inTheWay finds what keeps the holder from deleting the account. Under the lock of its row nothing comes to it.
func (h holder) inTheWay(into *obstacles) []statement {
	return []statement{
		query(into.add, blockersOfID, h.id, store.MaxBlockerIDs),
		query(into.addTeams, `SELECT count(*) FROM teams WHERE owner_id = $1`, h.id),
	}
}

// InTheWay implements store.HeldEnd.
func (h holder) InTheWay(ctx context.Context) ([]store.Blocker, error) {
	var found heldRow
	var all obstacles
	err := h.engine.read(ctx, append(h.inTheWay(&all), query(found.scan, managedOut, h.id))...)
	if err == nil && !found.found {
		err = store.ErrNotFound
	}
	return all, doing("looking for what is in the way of a deletion", err)
}

// Delete implements store.HeldEnd. Triggers end the rest, and put the notice into the outbox.
func (h holder) Delete(ctx context.Context) error {
	var all obstacles
	return h.write(ctx, "deleting the account", h.inTheWay(&all), func(a heldRow) ([]statement, error) {
		switch {
		case !a.managed.By.IsZero():
			return nil, &store.ManagedError{Leaf: store.AccountLeaf, By: a.managed.By}
		case len(all) > 0:
			return nil, &store.BlockedError{Blockers: all}
		}
		writes := []statement{h.audit("DeleteAccount", nil)}
		for _, k := range kinds {
			if k.inAccount {
				writes = append(writes, exec(k.texts.delete, h.id))
			}
		}
		return append(writes, exec(`UPDATE accounts SET holder_deleted_at = $2 WHERE id = $1`, h.id, stamp(time.Now()))), nil
	})
}

// RequestDeletion implements store.HeldEnd.
func (h holder) RequestDeletion(ctx context.Context) error {
	return h.request(ctx, "asking for a deletion", func(asked bool) []statement {
		if asked {
			return nil
		}
		return []statement{
			exec(`UPDATE accounts SET deletion_requested_at = $2 WHERE id = $1`, h.id, stamp(time.Now())),
			queueMail(h.id, store.MailDeletionRequested, store.OriginHolder), h.audit("RequestDeletion", nil),
		}
	})
}

// WithdrawDeletion implements store.HeldEnd.
func (h holder) WithdrawDeletion(ctx context.Context) error {
	return h.request(ctx, "taking back that a deletion is asked for", func(asked bool) []statement {
		if !asked {
			return nil
		}
		return []statement{
			exec(`UPDATE accounts SET deletion_requested_at = NULL WHERE id = $1`, h.id), h.audit("WithdrawDeletion", nil),
		}
	})
}

// request is a write that depends on whether a deletion is asked for.
func (h holder) request(ctx context.Context, what string, decide func(asked bool) []statement) error {
	var asked bool
	read := query(func(r row) error { return r.Scan(&asked) }, `SELECT deletion_requested_at IS NOT NULL FROM accounts WHERE id = $1`, h.id)
	return h.write(ctx, what, []statement{read}, func(heldRow) ([]statement, error) { return decide(asked), nil })
}
