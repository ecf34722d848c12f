package sqlstore

import (
	"context"
	"crypto/rand"
	"fmt"
	"time"

	"github.com/account-operator/account-operator/internal/store"
)

const heldSSHKeysOf = `SELECT coalesce(cluster, ''), coalesce(namespace, ''), coalesce(namespace_uid, ''), coalesce(name, ''), coalesce(uid, ''),
		id, type, key, comment, created_at, version
	FROM ssh_keys WHERE account_id = $1 ORDER BY created_at, id`

// heldSSHKeys are the account's, by their IDs.
type heldSSHKeys map[string]heldSSHKeyRow

type heldSSHKeyRow struct {
	store.HeldSSHKey

	version int64
}

func (k heldSSHKeys) hasKey(other store.SSHKey) bool {
	for id, each := range k {
		if id != other.ID && each.Type == other.Type && each.Key == other.Key {
			return true
		}
	}
	return false
}

// sshKeyInto has each called with every row.
func sshKeyInto(each func(heldSSHKeyRow)) func(row) error {
	return func(r row) error {
		var one heldSSHKeyRow
		err := r.Scan(append(claimInto(&one.Owner), &one.ID, &one.Type, &one.Key, &one.Comment, moment{&one.Created}, &one.version)...)
		one.Owner = claimOf(store.KindSSHKey, one.Owner)
		each(one)
		return err
	}
}

// SSHKeys implements store.HeldSSHKeys.
func (h holder) SSHKeys(ctx context.Context) (all []store.HeldSSHKey, err error) {
	err = h.look(ctx, "reading SSH keys", query(sshKeyInto(func(k heldSSHKeyRow) { all = append(all, k.HeldSSHKey) }), heldSSHKeysOf, h.id))
	return all, err
}

// PutSSHKey implements store.HeldSSHKeys.
func (h holder) PutSSHKey(ctx context.Context, want store.SSHKey) (put store.HeldSSHKey, err error) {
	if err := sshKeys.check(&want); err != nil {
		return put, doing("storing the SSH key", err)
	}
	err = h.writeSSHKey(ctx, "storing the SSH key", want.ID, func(had heldSSHKeys) ([]statement, error) {
		before, there := had[want.ID]
		put = store.HeldSSHKey{SSHKey: want, Created: before.Created}
		version := max(before.version+1, time.Now().UnixMicro())
		args := []any{want.ID, h.id, want.Type, want.Key, want.Comment, version}
		switch {
		case want.ID != "" && !there:
			return nil, store.ErrNotFound
		case had.hasKey(want):
			return nil, &store.InvalidError{Field: "key", Reason: "is one of the account's already"}
		case there:
			return []statement{
				exec(`UPDATE ssh_keys SET type = $3, key = $4, comment = $5, version = $6 WHERE id = $1 AND account_id = $2`, args...),
				h.audit("PutSSHKey", map[string][]string{"set": {want.ID}}),
			}, nil
		case len(had) >= store.SSHKeysOfAccount:
			return nil, &store.InvalidError{Field: "keys", Reason: fmt.Sprintf("are %d already; delete one of them first", len(had))}
		}
		put.ID, put.Created = sshKeys.ids+rand.Text(), time.Now().UTC()
		args[0] = put.ID
		return []statement{
			exec(`INSERT INTO ssh_keys (id, account_id, type, key, comment, version) VALUES ($1, $2, $3, $4, $5, $6)`, args...),
			h.audit("PutSSHKey", map[string][]string{"set": {put.ID}}),
		}, nil
	})
	if err != nil {
		return store.HeldSSHKey{}, err
	}
	return put, nil
}

// DeleteSSHKey implements store.HeldSSHKeys.
func (h holder) DeleteSSHKey(ctx context.Context, id string) error {
	return h.writeSSHKey(ctx, "removing the SSH key", id, func(had heldSSHKeys) ([]statement, error) {
		if _, there := had[id]; !there {
			return nil, nil
		}
		return []statement{
			exec(`DELETE FROM ssh_keys WHERE id = $1 AND account_id = $2`, id, h.id),
			h.audit("DeleteSSHKey", map[string][]string{"delete": {id}}),
		}, nil
	})
}

// writeSSHKey decides under the locks of the account's keys, unless an object manages the one of the ID.
func (h holder) writeSSHKey(ctx context.Context, what, id string, decide func(heldSSHKeys) ([]statement, error)) error {
	had := heldSSHKeys{}
	lock := query(sshKeyInto(func(k heldSSHKeyRow) { had[k.ID] = k }), heldSSHKeysOf+` FOR UPDATE`, h.id)
	return h.write(ctx, what, []statement{lock}, func(heldRow) ([]statement, error) {
		if owner := had[id].Owner; !owner.IsZero() {
			return nil, &store.ManagedError{Leaf: "SSH key " + id, By: owner}
		}
		return decide(had)
	})
}
