package sqlstore

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
	"strconv"
	"time"

	"github.com/account-operator/account-operator/internal/store"
)

// What the variables of the accounts of one call may come to; of one account alone everything is read.
const (
	maxPairRows  = 16 << 10
	maxPairBytes = 16 << 20
)

// maxPairNames is how many names are asked for; where there are more, all variables of the accounts are read.
const maxPairNames = 64

// pairs is what SyncPairs reads: accounts, locked in the order of their IDs, then what the owner has there, and who has the names.
type pairs struct {
	owner    store.Claim
	names    []string
	all      []*pair
	byID     map[int64]*pair
	accounts map[string]bool // by UID: named, and not found yet
	rows     int
	bytes    int
}

type pair struct {
	store.Pair
	inventory
}

var (
	pairAccounts  = forMany(2, `SELECT id, `+claimOut+` FROM accounts WHERE cluster = $1 AND deleted_at IS NULL AND uid IN %s ORDER BY id FOR UPDATE`)
	pairVariables = forMany(4+maxPairNames, `SELECT account_id, `+envVarKind.texts.claim+`, name, version, octet_length(value),
			CASE WHEN owner_cluster = $1 AND owner_uid = $2 THEN value END
		FROM env_vars WHERE account_id IN %s AND (owner_cluster = $1 AND owner_uid = $2 OR name IN `+list(4, maxPairNames)+` OR $3)
		ORDER BY account_id, name FOR UPDATE`)
	pairTotals  = forMany(1, `SELECT account_id, count(*), coalesce(sum(octet_length(value)), 0) FROM env_vars WHERE account_id IN %s GROUP BY account_id`)
	pairWaits   = forMany(4, `SELECT account_id, item FROM waits WHERE cluster = $1 AND kind = $2 AND uid = $3 AND account_id IN %s`)
	pairRecords = forMany(3, `SELECT account_id, record, stale, coalesce(leaves, '') FROM applied_pairs
		WHERE cluster = $1 AND uid = $2 AND account_id IN %s ORDER BY account_id FOR UPDATE`)
)

func (l *fencedStore) SyncPairs(
	ctx context.Context, owner store.Claim, accounts []store.Claim, names []string, plan func(store.Pair, []store.EnvVar) store.EnvVarPlan,
) (missing []store.Claim, err error) {
	if len(accounts) == 0 || len(accounts) > store.MaxPairs {
		return nil, &store.InvalidError{Field: "accounts", Reason: "must be 1 to " + strconv.Itoa(store.MaxPairs)}
	}
	if err := checkWrite(nil, slices.Concat(accounts, []store.Claim{owner})...); err != nil {
		return nil, err
	}
	p := &pairs{owner: owner, names: names, byID: map[int64]*pair{}, accounts: map[string]bool{}}
	err = l.writeAfter(ctx, "storing variables of many accounts", p.reads(accounts), p.more, func() ([]statement, error) {
		return l.draftPairs(p, plan)
	})
	if err != nil {
		return nil, err
	}
	for _, a := range accounts {
		if p.accounts[a.UID] {
			missing = append(missing, a)
		}
	}
	return missing, nil
}

func (p *pairs) reads(accounts []store.Claim) []statement {
	uids := make([]any, len(accounts))
	for n, a := range accounts {
		uids[n], p.accounts[a.UID] = a.UID, true
	}
	text, args := pairAccounts.with([]any{accounts[0].Cluster}, uids)
	return []statement{query(p.account, text, args...)}
}

func (p *pairs) account(r row) error {
	found := &pair{inventory: inventory{owner: p.owner, waits: map[string]bool{}}}
	if err := r.Scan(append([]any{&found.account}, claimInto(&found.Account)...)...); err != nil {
		return err
	}
	found.AccountID = strconv.FormatInt(found.account, 10)
	found.Account = claimOf(store.KindAccount, found.Account)
	delete(p.accounts, found.Account.UID)
	p.all, p.byID[found.account] = append(p.all, found), found
	return nil
}

func (p *pairs) more() []statement {
	if len(p.all) == 0 {
		return nil
	}
	ids := make([]any, len(p.all))
	for n, found := range p.all {
		ids[n] = found.account
	}
	read := func(into func(row) error, texts manyTexts, before ...any) statement {
		text, args := texts.with(before, ids)
		return query(into, text, args...)
	}
	c := p.owner
	return []statement{
		read(p.variable, pairVariables, p.wanted()...),
		read(p.total, pairTotals),
		read(p.wait, pairWaits, c.Cluster, c.Kind, c.UID),
		read(p.record, pairRecords, c.Cluster, c.UID),
	}
}

// wanted are the arguments that say which variables are read. No variable has an empty name.
func (p *pairs) wanted() []any {
	all := len(p.names) > maxPairNames
	args := []any{p.owner.Cluster, p.owner.UID, all}
	for n := range maxPairNames {
		name := ""
		if n < len(p.names) && !all {
			name = p.names[n]
		}
		args = append(args, name)
	}
	return args
}

// total counts what was not read as well. Variables of before may be of another moment than these numbers.
func (p *pairs) total(r row) error {
	var account int64
	var rows, bytes int
	err := r.Scan(&account, &rows, &bytes)
	in := p.byID[account]
	for _, v := range in.rows {
		rows, bytes = rows-1, bytes-v.size
	}
	in.unread = volume{rows: max(rows, 0), bytes: max(bytes, 0)}
	return err
}

func (p *pairs) variable(r row) error {
	var v sealedVariable
	var account int64
	if err := r.Scan(append(append([]any{&account}, claimInto(&v.Owner)...), &v.Name, &v.version, &v.size, &v.value)...); err != nil {
		return err
	}
	v.Owner = claimOf(store.KindEnvVarSet, v.Owner)
	p.rows++
	p.bytes += len(v.value)
	if len(p.all) > 1 && (p.rows > maxPairRows || p.bytes > maxPairBytes) {
		return store.ErrTooMuch
	}
	in := p.byID[account]
	in.rows = append(in.rows, v)
	return nil
}

func (p *pairs) wait(r row) error {
	var account int64
	var name string
	err := r.Scan(&account, &name)
	p.byID[account].waits[name] = true
	return err
}

func (p *pairs) record(r row) error {
	var account int64
	var of store.Pair
	var leaves string
	if err := r.Scan(&account, &of.Record, &of.Stale, &leaves); err != nil {
		return err
	}
	if leaves != "" && json.Unmarshal([]byte(leaves), &of.Leaves) != nil {
		return errors.New("what was kept is not a JSON object")
	}
	found := p.byID[account]
	found.Record, found.Stale, found.Leaves = of.Record, of.Stale, of.Leaves
	return nil
}

// covers refuses a plan for a name that was not asked for: another may have it.
func (p *pairs) covers(known map[string]variable, decided store.EnvVarPlan) error {
	if len(p.names) > maxPairNames {
		return nil
	}
	for _, c := range decided.Changes {
		_, own := known[c.Name]
		if (c.Op == store.EnvVarSet || c.Op == store.EnvVarAwait) && !own && !slices.Contains(p.names, c.Name) {
			return &store.InvalidError{Field: "env " + c.Name, Reason: "is none of the names that were asked for"}
		}
	}
	return nil
}

// draftPairs writes variables of all accounts first, and then records, in the order in which they are locked. The owner's own record
// says nothing any more from the first change on.
func (l *fencedStore) draftPairs(p *pairs, plan func(store.Pair, []store.EnvVar) store.EnvVarPlan) ([]statement, error) {
	script := &script{owner: p.owner}
	var records []statement
	var marks, audits [][]any
	now := time.Now().UnixMicro()
	for _, found := range p.all {
		known, shown := l.openOwn(found.inventory)
		d := &draft{fencedStore: l, script: script, inventory: found.inventory, known: known, now: now}
		decided := plan(found.Pair, shown)
		if err := p.covers(known, decided); err != nil {
			return nil, err
		}
		if err := d.change(decided); err != nil {
			return nil, err
		}
		switch {
		case decided.Forget:
			records = append(records, exec(`DELETE FROM applied_pairs WHERE cluster = $1 AND uid = $2 AND account_id = $3`,
				p.owner.Cluster, p.owner.UID, found.account))
		case decided.Mark != nil:
			marks = append(marks, []any{found.account, decided.Mark.Generation, decided.Mark.Record, leavesText(decided.Mark.Leaves)})
		}
		if len(d.names) > 0 {
			audits = append(audits, []any{generationOf(decided.Mark), auditEntry{names: d.names}.namesText(), found.account})
		}
	}
	script.flush()
	all := slices.Concat(script.out, records, pairTexts.statements([]any{p.owner.Cluster, p.owner.UID}, marks), auditsOf(p.owner, syncOp, audits))
	if len(all) > 0 {
		all = append(all, unsettle(p.owner))
	}
	return all, nil
}

var pairTexts = forRows(2, 4, `INSERT INTO applied_pairs (cluster, uid, account_id, generation, record, leaves) VALUES %s
	ON CONFLICT (cluster, uid, account_id) DO UPDATE SET generation = excluded.generation, record = excluded.record,
		leaves = excluded.leaves, stale = FALSE`)

// unsettle leaves a row also where there was none: who looks for owners of variables goes by it.
func unsettle(owner store.Claim) statement {
	return exec(`INSERT INTO applied (`+claimColumns+`, kind, generation, record) VALUES ($1, $2, $3, $4, $5, $6, 0, '')
		ON CONFLICT (cluster, kind, uid) DO UPDATE SET record = '' WHERE applied.record <> ''`, claimArgs(owner, owner.Kind)...)
}

func (l *fencedStore) SettlePairs(ctx context.Context, owner store.Claim, mark store.Mark) error {
	if err := checkWrite(&mark, owner); err != nil {
		return err
	}
	return l.writeOnly(ctx, "storing what was applied", remember(owner, mark))
}
