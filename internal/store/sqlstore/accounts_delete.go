package sqlstore

import (
	"context"

	"github.com/account-operator/account-operator/internal/store"
)

// accountDeletion is what a deletion looks at, under the locks of the account's teams, of its row and of its heir's.
type accountDeletion struct {
	claim    store.Claim
	how      store.Deletion
	id       int64                // 0: there is no live row
	heir     int64                // who gets the teams; 0: nobody, or there is no live row
	teams    int                  // that the account owns
	applied  bool                 // the claim has an applied record
	owners   map[store.Claim]bool // of what hangs on the account
	waits    map[string]bool
	blockers obstacles
}

func (l *fencedStore) DeleteAccount(ctx context.Context, c store.Claim, how store.Deletion) error {
	d := accountDeletion{claim: c, how: how, owners: map[store.Claim]bool{}, waits: map[string]bool{}}
	var hindered error
	err := l.write(ctx, "deleting the account", d.reads(), func() (writes []statement, err error) {
		writes, hindered = d.plan(l.window)
		return writes, nil
	})
	if err != nil {
		return err
	}
	return doing("deleting the account", hindered)
}

// reads locks teams before accounts, and rows before records, as everywhere, so that two writers do not wait for each
// other. What was committed while a lock was waited for is seen by the statements after it.
func (d *accountDeletion) reads() []statement {
	c, heir := d.claim, d.how.TransferTeamsTo
	all := []statement{
		exec(`SELECT id FROM teams WHERE owner_id = `+liveAccount+` ORDER BY id FOR UPDATE`, c.Cluster, c.UID),
		// By their IDs alone: PostgreSQL might walk the whole index of claims. Once it is locked, a row may have another claim.
		query(d.person, `SELECT coalesce(`+ofClaim+`, FALSE), coalesce(cluster = $3 AND uid = $4 AND deleted_at IS NULL, FALSE), id
			FROM accounts WHERE id IN (`+liveAccount+`, (SELECT id FROM accounts WHERE cluster = $3 AND uid = $4 AND deleted_at IS NULL))
			ORDER BY id FOR UPDATE`, c.Cluster, c.UID, heir.Cluster, heir.UID),
	}
	for _, k := range kinds {
		if k.inAccount {
			all = append(all, query(d.owner(k.name), k.texts.lock, c.Cluster, c.UID))
		}
	}
	return append(all,
		query(d.blockers.add, blockersOfClaim, c.Cluster, c.UID, store.MaxBlockerIDs, heir.IsZero()),
		query(func(r row) error { return r.Scan(&d.teams, &d.applied) },
			`SELECT (SELECT count(*) FROM teams WHERE owner_id = `+liveAccount+`),
				EXISTS (SELECT 1 FROM applied WHERE cluster = $1 AND kind = $3 AND uid = $2)`, c.Cluster, c.UID, c.Kind),
		query(d.wait, `SELECT item FROM waits WHERE cluster = $1 AND kind = $3 AND uid = $2`, c.Cluster, c.UID, c.Kind))
}

func (d *accountDeletion) person(r row) error {
	var own, heir bool
	var id int64
	err := r.Scan(&own, &heir, &id)
	switch {
	case own:
		d.id = id
	case heir:
		d.heir = id
	}
	return err
}

// owner notes whose a row is that goes with the account.
func (d *accountDeletion) owner(kind store.Kind) func(row) error {
	return func(r row) error {
		var c store.Claim
		err := r.Scan(claimInto(&c)...)
		if c = claimOf(kind, c); !c.IsZero() {
			d.owners[c] = true
		}
		return err
	}
}

func (d *accountDeletion) wait(r row) error {
	var item string
	err := r.Scan(&item)
	d.waits[item] = true
	return err
}
