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

// pairs is what SyncPairs reads: accounts, locked in the order of their IDs, then what the owner has there.
type pairs struct {
	owner    store.Claim
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
	pairVariables = forMany(3, `SELECT account_id, `+envVarKind.texts.claim+`, name, version, octet_length(value),
			CASE WHEN owner_cluster = $1 AND owner_uid = $2 THEN value END
		FROM env_vars WHERE account_id IN %s ORDER BY account_id, name FOR UPDATE`)
	pairWaits   = forMany(4, `SELECT account_id, item FROM waits WHERE cluster = $1 AND kind = $2 AND uid = $3 AND account_id IN %s`)
	pairRecords = forMany(3, `SELECT account_id, record, stale, coalesce(leaves, '') FROM applied_pairs
		WHERE cluster = $1 AND uid = $2 AND account_id IN %s ORDER BY account_id FOR UPDATE`)
)

func (l *fencedStore) SyncPairs(
	ctx context.Context, owner store.Claim, accounts []store.Claim, plan func(store.Pair, []store.EnvVar) store.EnvVarPlan,
) (missing []store.Claim, err error) {
	if len(accounts) == 0 || len(accounts) > store.MaxPairs {
		return nil, &store.InvalidError{Field: "accounts", Reason: "must be 1 to " + strconv.Itoa(store.MaxPairs)}
	}
	if err := checkWrite(nil, slices.Concat(accounts, []store.Claim{owner})...); err != nil {
		return nil, err
	}
	p := &pairs{owner: owner, byID: map[int64]*pair{}, accounts: map[string]bool{}}
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
		read(p.variable, pairVariables, c.Cluster, c.UID),
		read(p.wait, pairWaits, c.Cluster, c.Kind, c.UID),
		read(p.record, pairRecords, c.Cluster, c.UID),
	}
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

// draftPairs writes variables of all accounts first, and then records, in the order in which they are locked. The owner's own record
// says nothing any more from the first change on.
func (l *fencedStore) draftPairs(p *pairs, plan func(store.Pair, []store.EnvVar) store.EnvVarPlan) ([]statement, error) {
	script := &script{owner: p.owner}
	var records []statement
	now := time.Now().UnixMicro()
	for _, found := range p.all {
		known, shown := l.openOwn(found.inventory)
		d := &draft{fencedStore: l, script: script, inventory: found.inventory, known: known, now: now}
		decided := plan(found.Pair, shown)
		if err := d.change(decided); err != nil {
			return nil, err
		}
		switch {
		case decided.Forget:
			records = append(records, exec(`DELETE FROM applied_pairs WHERE cluster = $1 AND uid = $2 AND account_id = $3`,
				p.owner.Cluster, p.owner.UID, found.account))
		case decided.Mark != nil:
			records = append(records, rememberPair(p.owner, found.account, *decided.Mark))
		}
		records = append(records, d.audits(found.Account, decided.Mark)...)
	}
	script.flush()
	all := append(script.out, records...)
	if len(all) > 0 {
		all = append(all, unsettle(p.owner))
	}
	return all, nil
}

func rememberPair(owner store.Claim, account int64, mark store.Mark) statement {
	return exec(`INSERT INTO applied_pairs (cluster, uid, account_id, generation, record, leaves) VALUES ($1, $2, $3, $4, $5, $6)
		ON CONFLICT (cluster, uid, account_id) DO UPDATE SET generation = excluded.generation, record = excluded.record,
			leaves = excluded.leaves, stale = FALSE`,
		owner.Cluster, owner.UID, account, mark.Generation, mark.Record, leavesText(mark.Leaves))
}

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
