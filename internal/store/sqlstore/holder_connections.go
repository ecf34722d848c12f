package sqlstore

import (
	"context"
	"crypto/rand"
	"fmt"
	"strings"
	"time"

	"github.com/account-operator/account-operator/internal/store"
)

// maxConnections is how many an account has before its holder makes no more.
const maxConnections = 100

// heldConnections are the account's, without their credentials.
type heldConnections map[string]heldConnectionRow

type heldConnectionRow struct {
	owner   store.Claim
	version int64
}

func (c heldConnections) into(r row) error {
	var one heldConnectionRow
	var id string
	err := r.Scan(append(claimInto(&one.owner), &id, &one.version)...)
	one.owner = claimOf(store.KindCloudConnection, one.owner)
	c[id] = one
	return err
}

var (
	heldConnectionsLock = `SELECT ` + connections.kind.texts.claim + `, id, version FROM connections WHERE account_id = $1 ORDER BY id FOR UPDATE`
	heldConnectionsOf   = heldBy("connections", "id", claimText("k.", "coalesce(%s, '')")+`, coalesce(k.id, ''), `+heldTexts())
	heldConnectionPut   = heldConnectionInsert()
)

func heldTexts() string {
	texts := make([]string, len(connections.texts))
	for n, text := range connections.texts {
		texts[n] = "coalesce(k." + text.column + ", '')"
	}
	return strings.Join(texts, ", ")
}

var connectionTexts = func() string {
	columns := make([]string, len(connections.texts))
	for n, text := range connections.texts {
		columns[n] = text.column
	}
	return strings.Join(columns, ", ")
}()

func heldConnectionInsert() string {
	values := "$1, $2, $3, $4"
	for n := range connections.texts {
		values = fmt.Sprintf("%s, $%d", values, n+5)
	}
	return `INSERT INTO connections (id, account_id, version, credentials, ` + connectionTexts + `) VALUES (` + values + `)`
}

// Connections implements store.HeldConnections.
func (h holder) Connections(ctx context.Context) (all []store.HeldConnection, err error) {
	live := false
	err = h.engine.read(ctx, query(func(r row) error {
		live = true
		var c store.HeldConnection
		into := append(claimInto(&c.Owner), &c.ID)
		for _, text := range connections.texts {
			into = append(into, text.of(&c.Connection))
		}
		err := r.Scan(into...)
		if c.Owner = claimOf(store.KindCloudConnection, c.Owner); c.ID != "" {
			all = append(all, c)
		}
		return err
	}, heldConnectionsOf, h.id))
	if err == nil && !live {
		err = store.ErrNotFound
	}
	return all, doing("reading connections", err)
}

// PutConnection implements store.HeldConnections.
func (h holder) PutConnection(ctx context.Context, want store.Connection) (id string, err error) {
	if err := connections.check(&want); err != nil {
		return "", doing("storing the connection", err)
	}
	err = h.writeConnection(ctx, "storing the connection", want.ID, func(had heldConnections) ([]statement, error) {
		now := stored[store.Connection]{value: want, account: h.id}
		before, there := had[want.ID]
		switch {
		case want.ID != "" && !there:
			return nil, store.ErrNotFound
		case !there && len(had) >= maxConnections:
			return nil, &store.InvalidError{Field: "connections", Reason: fmt.Sprintf("the account has %d already", len(had))}
		case !there:
			now.value.ID = connections.ids + rand.Text()
		}
		id, now.version = now.value.ID, max(before.version+1, time.Now().UnixMicro())
		sealed, err := h.sealSecrets(want.Credentials, connections.place(&now))
		if err != nil {
			return nil, err
		}
		args := []any{id, h.id, now.version, sealed}
		for _, text := range connections.texts {
			args = append(args, *text.of(&now.value))
		}
		// In the place of one comes another: who serves pages may not lead credentials elsewhere that he cannot read.
		drop := exec(`DELETE FROM connections WHERE id = $1 AND account_id = $2`, id, h.id)
		return []statement{drop, exec(heldConnectionPut, args...), h.audit("PutConnection", map[string][]string{"set": {id}})}, nil
	})
	if err != nil {
		return "", err
	}
	return id, nil
}

// RenameConnection implements store.HeldConnections. What is sealed is bound to the version, which stays.
func (h holder) RenameConnection(ctx context.Context, id, displayName string) error {
	if err := checkText("displayName", displayName, maxLeafSize); err != nil {
		return doing("renaming the connection", err)
	}
	return h.writeConnection(ctx, "renaming the connection", id, func(had heldConnections) ([]statement, error) {
		if _, there := had[id]; !there {
			return nil, store.ErrNotFound
		}
		return []statement{
			exec(`UPDATE connections SET display_name = $2 WHERE id = $1 AND account_id = $3`, id, displayName, h.id),
			h.audit("RenameConnection", map[string][]string{"set": {id}}),
		}, nil
	})
}

// DeleteConnection implements store.HeldConnections.
func (h holder) DeleteConnection(ctx context.Context, id string) error {
	return h.writeConnection(ctx, "removing the connection", id, func(had heldConnections) ([]statement, error) {
		if _, there := had[id]; !there {
			return nil, nil
		}
		return []statement{
			exec(`DELETE FROM connections WHERE id = $1 AND account_id = $2`, id, h.id),
			h.audit("DeleteConnection", map[string][]string{"delete": {id}}),
		}, nil
	})
}

// writeConnection decides under the locks of the account's connections, unless an object manages the one of the ID.
func (h holder) writeConnection(ctx context.Context, what, id string, decide func(heldConnections) ([]statement, error)) error {
	had := heldConnections{}
	return h.write(ctx, what, []statement{query(had.into, heldConnectionsLock, h.id)}, func(heldRow) ([]statement, error) {
		if owner := had[id].owner; !owner.IsZero() {
			return nil, &store.ManagedError{Leaf: "connection " + id, By: owner}
		}
		return decide(had)
	})
}
