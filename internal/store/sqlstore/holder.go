package sqlstore

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/account-operator/account-operator/internal/store"
)

// holder is one account in the hands of its holder. It writes as another program would.
type holder struct {
	*Store

	id int64 // 0, which no account has, for what is no ID
}

var _ store.Holder = holder{}

// Holder implements store.Store.
func (s *Store) Holder(accountID string) store.Holder { return holder{s, accountNumber(accountID)} }

// heldRow is what a holder's write looks at, under the lock of the account's row.
type heldRow struct {
	found   bool
	managed store.Managed
}

const (
	heldLive   = `id = $1 AND deleted_at IS NULL`
	managedOut = `SELECT ` + claimOut + `, managed FROM accounts WHERE ` + heldLive
)

// lock keeps the account, and what an object manages of it, as they are until the transaction ends.
func (h holder) lock(into *heldRow) statement {
	return query(into.scan, managedOut+` FOR UPDATE`, h.id)
}

func (h *heldRow) scan(r row) error {
	var list *string
	if err := r.Scan(append(claimInto(&h.managed.By), &list)...); err != nil {
		return err
	}
	h.found, h.managed.By = true, claimOf(store.KindAccount, h.managed.By)
	if list != nil {
		h.managed.Known = json.Unmarshal([]byte(*list), &h.managed.Leaves) == nil
	}
	return nil
}

// write is a transaction of the holder's: decide looks at what the lock and the reads after it found.
func (h holder) write(ctx context.Context, what string, reads []statement, decide func(heldRow) ([]statement, error)) error {
	var account heldRow
	return h.writeUnfenced(ctx, what, append([]statement{h.lock(&account)}, reads...), func() ([]statement, error) {
		if !account.found {
			return nil, store.ErrNotFound
		}
		return decide(account)
	})
}

// look reads what a live account has, all of one moment.
func (h holder) look(ctx context.Context, what string, reads ...statement) error {
	live := false
	found := query(func(row) error { live = true; return nil }, `SELECT 1 FROM accounts WHERE `+heldLive, h.id)
	err := h.engine.read(ctx, append([]statement{found}, reads...)...)
	if err == nil && !live {
		err = store.ErrNotFound
	}
	return doing(what, err)
}

// Account implements store.HeldSettings. All is of one moment.
func (h holder) Account(ctx context.Context) (store.HeldAccount, error) {
	var found heldRow
	var a store.Account
	var pending string
	err := h.engine.read(ctx, append(readAccount(&a, heldLive, h.id), query(found.scan, managedOut, h.id),
		query(func(r row) error { return r.Scan(&pending) }, `SELECT email FROM pending_addresses WHERE account_id = $1`, h.id))...)
	if err == nil && !found.found {
		err = store.ErrNotFound
	}
	if found.managed.Sets(store.EmailLeaf) { // since it was asked for
		pending = ""
	}
	return store.HeldAccount{Account: a, Managed: found.managed, Pending: pending}, doing("reading the account", err)
}

// heldUpdate keeps what is NULL as it is.
var heldUpdate = func() string {
	sets := make([]string, len(leaves))
	for n, leaf := range leaves {
		sets[n] = fmt.Sprintf("%s = coalesce($%d, %s)", leaf.Column, n+2, leaf.Column)
	}
	return `UPDATE accounts SET ` + strings.Join(sets, ", ") + ` WHERE id = $1`
}()

// Set implements store.HeldSettings.
func (h holder) Set(ctx context.Context, want store.HolderSpec) error {
	if err := checkSettings(want.Settings, want.Events); err != nil {
		return doing("changing settings", err)
	}
	args, names, paths := []any{h.id}, []string{}, []string{}
	for _, leaf := range want.Leaves() {
		args = append(args, *leaf.Value)
		if *leaf.Value != nil {
			names, paths = append(names, leaf.Column), append(paths, leaf.Path)
		}
	}
	writes := []statement{}
	if len(names) > 0 {
		writes = append(writes, exec(heldUpdate, args...))
	}
	for _, event := range slices.Sorted(maps.Keys(want.Events)) {
		names, paths = append(names, "notifications."+event), append(paths, store.EventLeaf(event))
		writes = append(writes, exec(`INSERT INTO notification_prefs (account_id, type, email) VALUES ($1, $2, $3)
			ON CONFLICT (account_id, type) DO UPDATE SET email = $3`, h.id, event, want.Events[event]))
	}
	if len(writes) == 0 {
		return nil
	}
	return h.write(ctx, "changing settings", nil, func(a heldRow) ([]statement, error) {
		for _, path := range paths {
			if a.managed.Sets(path) {
				return nil, &store.ManagedError{Leaf: path, By: a.managed.By}
			}
		}
		return append(writes, h.audit("SetSettings", map[string][]string{"set": names})), nil
	})
}

// audit notes what the holder did, by names.
func (h holder) audit(op string, names map[string][]string) statement {
	return auditNames("Holder"+op, h.id, names)
}
