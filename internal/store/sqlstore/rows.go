package sqlstore

import (
	"cmp"
	"context"
	"crypto/rand"
	"errors"
	"slices"
	"time"

	"github.com/account-operator/account-operator/internal/store"
)

// Connections implements store.FencedStore.
func (l *fencedStore) Connections() store.Rows[store.Connection] {
	return fencedRows[store.Connection]{l, connections}
}

// SSHKeys implements store.FencedStore.
func (l *fencedStore) SSHKeys() store.Rows[store.SSHKey] { return fencedRows[store.SSHKey]{l, sshKeys} }

// fencedRows implements store.Rows for who leads.
type fencedRows[R any] struct {
	*fencedStore

	of *rows[R]
}

func (l fencedRows[R]) Get(ctx context.Context, c store.Claim) (R, error) {
	var found stored[R]
	err := l.engine.read(ctx, query(l.of.scan(&found), l.of.sql.get, c.Cluster, c.UID))
	if err == nil && *l.of.id(&found.value) == "" {
		err = store.ErrNotFound
	}
	if err != nil {
		return *new(R), doing(l.of.words.get, err)
	}
	l.of.open(l.Store, &found)
	return found.value, nil
}

// open puts into a row what the table has sealed of it.
func (t *rows[R]) open(s *Store, found *stored[R]) {
	if t.secrets != nil {
		values, unreadable := t.secrets(&found.value)
		opened, ok := s.openSecrets(found.sealed, t.place(found))
		*values, *unreadable = opened, !ok
	}
}

func (l fencedRows[R]) Put(ctx context.Context, c, account store.Claim, want R, mark store.Mark) (R, error) {
	now := stored[R]{value: want}
	if err := cmp.Or(checkWrite(&mark, c, account), l.of.check(&now.value)); err != nil {
		return *new(R), err
	}
	var had, retained stored[R]
	var id int64
	reads := []statement{
		query(func(r row) error { return r.Scan(&id) },
			`SELECT id FROM accounts WHERE cluster = $1 AND uid = $2 AND deleted_at IS NULL FOR UPDATE`, account.Cluster, account.UID),
		query(l.of.scan(&had), l.of.sql.lock, c.Cluster, c.UID),
		query(l.of.scan(&retained), l.of.sql.retained, account.Cluster, account.UID, c.Cluster, c.Namespace, c.NamespaceUID, c.Name),
	}
	err := l.write(ctx, l.of.words.put, reads, func() (writes []statement, err error) {
		if id == 0 {
			return nil, store.ErrNotFound
		}
		if *l.of.id(&had.value) == "" && *l.of.id(&retained.value) != "" {
			had = retained
			writes = append(writes, exec(l.of.sql.take, claimArgs(c, *l.of.id(&had.value))...))
		}
		now.account, now.version = id, max(had.version+1, time.Now().UnixMicro())
		*l.of.id(&now.value) = cmp.Or(*l.of.id(&had.value), l.of.ids+rand.Text())
		put, err := l.upsert(c, &now)
		return append(writes, put, remember(c, mark), waitNoMore(c),
			audit(c, account, auditEntry{op: l.of.ops.put, generation: mark.Generation})), err
	})
	if errors.Is(err, errNameTaken) {
		err = l.await(ctx, c, nameHolder(c))
	}
	if err != nil {
		return *new(R), err
	}
	return now.value, nil
}

// upsert gives the row a version that it never had, so that no older ciphertext opens in it.
func (l fencedRows[R]) upsert(c store.Claim, now *stored[R]) (put statement, err error) {
	args := append(slices.Grow(claimArgs(c), len(l.of.texts)+4), *l.of.id(&now.value), now.account)
	for _, text := range l.of.texts {
		args = append(args, *text.of(&now.value))
	}
	args = append(args, now.version)
	if l.of.secrets != nil {
		values, unreadable := l.of.secrets(&now.value)
		*unreadable = false
		sealed, err := l.sealSecrets(*values, l.of.place(now))
		if err != nil {
			return put, err
		}
		args = append(args, sealed)
	}
	return exec(l.of.sql.upsert, args...), nil
}

func (l fencedRows[R]) Delete(ctx context.Context, c store.Claim, retain bool) error {
	var held, records bool
	reads := []statement{query(func(r row) error { return r.Scan(&held, &records) }, l.of.sql.held, c.Cluster, c.UID, c.Kind)}
	return l.write(ctx, l.of.words.delete, reads, func() ([]statement, error) {
		switch {
		case !held && !records:
			return nil, nil
		case !held: // what is forgotten is ours only, and the object's name may have been purged
			return forget(c), nil
		}
		op, text := l.of.ops.delete, l.of.sql.delete
		if retain {
			op, text = l.of.ops.retain, l.of.sql.retain
		}
		return append([]statement{exec(text, c.Cluster, c.UID), audit(c, store.Claim{}, auditEntry{op: op})}, forget(c)...), nil
	})
}
