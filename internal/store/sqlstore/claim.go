package sqlstore

import (
	"encoding/json"

	"github.com/account-operator/account-operator/internal/store"
)

// claimColumns in the order in which claimArgs and claimInto give them.
const claimColumns = `cluster, namespace, namespace_uid, name, uid`

// claimOut reads the columns of a row that may be unclaimed.
const claimOut = `coalesce(cluster, ''), coalesce(namespace, ''), coalesce(namespace_uid, ''), coalesce(name, ''), coalesce(uid, '')`

// liveAccount is the ID of the account whose claim is $1 and $2.
const liveAccount = `(SELECT id FROM accounts WHERE ` + ofClaim + `)`

// ofClaim finds the live account whose claim is $1 and $2.
const ofClaim = `cluster = $1 AND uid = $2 AND deleted_at IS NULL`

func claimArgs(c store.Claim, more ...any) []any {
	return append([]any{c.Cluster, c.Namespace, c.NamespaceUID, c.Name, c.UID}, more...)
}

func claimInto(c *store.Claim) []any {
	return []any{&c.Cluster, &c.Namespace, &c.NamespaceUID, &c.Name, &c.UID}
}

// ofLive asks whether the account of a row is live: of this one, where "IN" would have SQLite list them all.
const ofLive = `(SELECT deleted_at IS NULL FROM accounts WHERE id = account_id)`

// claimOf sets the kind of a claim that was read from a table whose rows have only one, unless nobody claims the row.
func claimOf(kind store.Kind, c store.Claim) store.Claim {
	if c.UID == "" {
		return store.Claim{}
	}
	c.Kind = kind
	return c
}

// remember replaces what the claim applied last.
func remember(c store.Claim, mark store.Mark) statement {
	return exec(`INSERT INTO applied (`+claimColumns+`, kind, generation, record, leaves) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
		ON CONFLICT (cluster, kind, uid) DO UPDATE SET generation = excluded.generation, record = excluded.record,
			leaves = excluded.leaves, stale = FALSE`,
		claimArgs(c, c.Kind, mark.Generation, mark.Record, leavesText(mark.Leaves))...)
}

// leavesText is a JSON object, or nil for the column's NULL.
func leavesText(leaves map[string]string) *string {
	if leaves == nil {
		return nil
	}
	text, err := json.Marshal(leaves)
	if err != nil {
		text = []byte(`{}`) // strings always marshal
	}
	return new(string(text))
}

// forget removes what the claim applied and waits for.
func forget(c store.Claim) []statement {
	all := []statement{
		exec(`DELETE FROM applied WHERE cluster = $1 AND kind = $2 AND uid = $3`, c.Cluster, c.Kind, c.UID),
		exec(`DELETE FROM waits WHERE cluster = $1 AND kind = $2 AND uid = $3`, c.Cluster, c.Kind, c.UID),
	}
	if c.Kind == store.KindEnvVarSet {
		all = append(all, exec(`DELETE FROM applied_pairs WHERE cluster = $1 AND uid = $2`, c.Cluster, c.UID))
	}
	return all
}

// wait records that the claim is to be delivered when the item of the account comes free; account 0 and an address for that.
func wait(c store.Claim, account int64, item string) statement {
	return exec(`INSERT INTO waits (`+claimColumns+`, kind, account_id, item) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
		ON CONFLICT DO NOTHING`, claimArgs(c, c.Kind, account, item)...)
}

// auditEntry is one row of the audit: names of what was touched, never a value.
type auditEntry struct {
	op         string
	generation int64
	names      map[string][]string
}

func (d auditEntry) namesText() string {
	names, err := json.Marshal(d.names)
	if err != nil {
		names = []byte(`{}`) // strings always marshal
	}
	return string(names)
}

// auditsOf notes what one actor did to many accounts at once: rows of a generation, the names and the account's ID.
func auditsOf(actor store.Claim, op string, rows [][]any) []statement {
	all := auditTexts.statements(claimArgs(actor, actor.Kind, op), rows)
	for n := range all {
		all[n].audits = true
	}
	return all
}

var auditTexts = forRows(7, 3, `INSERT INTO audit (`+claimColumns+`, kind, op, generation, names, account_id) VALUES %s`)

// audit notes who did what to the account that the other claim has now; none where that is zero.
func audit(actor, account store.Claim, d auditEntry) statement {
	write := exec(`INSERT INTO audit (`+claimColumns+`, kind, generation, op, names, account_id)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9,
			(SELECT id FROM accounts WHERE cluster = $10 AND uid = $11 AND deleted_at IS NULL))`,
		claimArgs(actor, actor.Kind, d.generation, d.op, d.namesText(), account.Cluster, account.UID)...)
	write.audits = true
	return write
}
