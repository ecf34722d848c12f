package sqlstore

import (
	"cmp"
	"context"
	"crypto/rand"
	"errors"
	"time"

	"github.com/account-operator/account-operator/internal/store"
)

var connectionKind = kind{
	name: store.KindCloudConnection, table: "connections", noun: "connection", key: "id",
	columns: claimColumns + ", id, account_id, display_name, type, bucket, region, endpoint, version, created_at," +
		" retained_cluster, retained_namespace, retained_namespace_uid, retained_name",
	secret: "credentials", inAccount: true, count: func(a *store.Account) *int { return &a.Connections },
}.described()

// sealedConnection is a row of connections.
type sealedConnection struct {
	store.Connection
	account, version int64
	credentials      []byte
}

const connectionRow = `SELECT id, account_id, display_name, type, bucket, region, endpoint, credentials, version
	FROM connections WHERE cluster = $1 AND uid = $2`

func (c *sealedConnection) scan(r row) error {
	return r.Scan(&c.ID, &c.account, &c.DisplayName, &c.Type, &c.Bucket, &c.Region, &c.Endpoint, &c.credentials, &c.version)
}

func (c *sealedConnection) place() []byte { return place(c.account, "connections", c.ID, c.version) }

func (l *led) Connection(ctx context.Context, c store.Claim) (store.Connection, error) {
	var found sealedConnection
	if err := l.engine.read(ctx, query(found.scan, connectionRow, c.Cluster, c.UID)); err != nil {
		return store.Connection{}, doing("reading the connection", err)
	}
	if found.ID == "" {
		return store.Connection{}, doing("reading the connection", store.ErrNotFound)
	}
	credentials, ok := l.openCredentials(found.credentials, found.place())
	found.Credentials, found.Unreadable = credentials, !ok
	return found.Connection, nil
}

func (l *led) PutConnection(ctx context.Context, c, account store.Claim, want store.Connection, mark store.Mark) (store.Connection, error) {
	if err := cmp.Or(checkWrite(&mark, c, account), checkConnection(want)); err != nil {
		return store.Connection{}, err
	}
	var had, retained sealedConnection
	var id int64
	reads := []statement{
		query(func(r row) error { return r.Scan(&id) },
			`SELECT id FROM accounts WHERE cluster = $1 AND uid = $2 AND deleted_at IS NULL FOR UPDATE`, account.Cluster, account.UID),
		query(had.scan, connectionRow+` FOR UPDATE`, c.Cluster, c.UID),
		query(retained.scan, retainedConnection, account.Cluster, account.UID, c.Cluster, c.Namespace, c.NamespaceUID, c.Name),
	}
	want.ID, want.Unreadable = "", false
	err := l.write(ctx, "storing the connection", reads, func() ([]statement, error) {
		if id == 0 {
			return nil, store.ErrNotFound
		}
		var writes []statement
		if had.ID == "" && retained.ID != "" {
			had = retained
			writes = append(writes, takeConnection(c, had.ID))
		}
		now := sealedConnection{Connection: want, account: id, version: max(had.version+1, time.Now().UnixMicro())}
		now.ID = cmp.Or(had.ID, "conn-"+rand.Text())
		want.ID = now.ID
		put, err := l.putConnection(c, now)
		return append(writes, put, remember(c, mark), waitNoMore(c),
			audit(c, account, auditEntry{op: "PutConnection", generation: mark.Generation})), err
	})
	if errors.Is(err, errNameTaken) {
		err = l.await(ctx, c, nameHolder(c))
	}
	if err != nil {
		return store.Connection{}, err
	}
	return want, nil
}

// retainedConnection is what this very object had in the account $1, $2 and left there when it was deleted.
const retainedConnection = `SELECT id, account_id, display_name, type, bucket, region, endpoint, credentials, version FROM connections
	WHERE account_id = ` + liveAccount + ` AND uid IS NULL
		AND retained_cluster = $3 AND retained_namespace = $4 AND retained_namespace_uid = $5 AND retained_name = $6
	ORDER BY version DESC LIMIT 1 FOR UPDATE`

// takeConnection gives a connection that nobody manages to the claim.
func takeConnection(c store.Claim, id string) statement {
	return exec(`UPDATE connections SET cluster = $1, namespace = $2, namespace_uid = $3, name = $4, uid = $5,
		retained_cluster = NULL, retained_namespace = NULL, retained_namespace_uid = NULL, retained_name = NULL WHERE id = $6`, claimArgs(c, id)...)
}

func (l *led) putConnection(c store.Claim, n sealedConnection) (statement, error) {
	sealed, err := l.sealCredentials(n.Credentials, n.place())
	if err != nil {
		return statement{}, err
	}
	return exec(`INSERT INTO connections (`+claimColumns+`, id, account_id, display_name, type, bucket, region, endpoint, credentials, version)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)
		ON CONFLICT (id) DO UPDATE SET account_id = excluded.account_id, display_name = excluded.display_name,
			type = excluded.type, bucket = excluded.bucket, region = excluded.region, endpoint = excluded.endpoint,
			credentials = excluded.credentials, version = excluded.version`,
		claimArgs(c, n.ID, n.account, n.DisplayName, n.Type, n.Bucket, n.Region, n.Endpoint, sealed, n.version)...), nil
}

func (l *led) DeleteConnection(ctx context.Context, c store.Claim, retain bool) error {
	var held, records bool
	reads := []statement{query(func(r row) error { return r.Scan(&held, &records) },
		`SELECT EXISTS (SELECT 1 FROM connections WHERE cluster = $1 AND uid = $2),
			EXISTS (SELECT 1 FROM applied WHERE cluster = $1 AND uid = $2 AND kind = $3)
			OR EXISTS (SELECT 1 FROM waits WHERE cluster = $1 AND uid = $2 AND kind = $3)`, c.Cluster, c.UID, c.Kind)}
	return l.write(ctx, "removing the connection", reads, func() ([]statement, error) {
		switch {
		case !held && !records:
			return nil, nil
		case !held: // what is forgotten is ours only, and the object's name may have been purged
			return forget(c), nil
		}
		op, text := "DeleteConnection", `DELETE FROM connections WHERE cluster = $1 AND uid = $2`
		if retain {
			op, text = "RetainConnection", `UPDATE connections SET retained_cluster = cluster, retained_namespace = namespace,
				retained_namespace_uid = namespace_uid, retained_name = name,
				cluster = NULL, namespace = NULL, namespace_uid = NULL, name = NULL, uid = NULL WHERE cluster = $1 AND uid = $2`
		}
		return append([]statement{exec(text, c.Cluster, c.UID), audit(c, store.Claim{}, auditEntry{op: op})}, forget(c)...), nil
	})
}

func checkConnection(want store.Connection) error {
	for field, text := range map[string]string{
		"displayName": want.DisplayName, "type": want.Type, "bucket": want.Bucket, "region": want.Region, "endpoint": want.Endpoint,
	} {
		if err := checkText(field, text, maxLeafSize); err != nil {
			return err
		}
	}
	size := 0
	for field, secret := range want.Credentials {
		size += len(field) + secret.Len()
	}
	if size > maxValueSize {
		return &store.InvalidError{Field: "credentials", Reason: "are too long"}
	}
	return nil
}
