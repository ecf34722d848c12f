package sqlstore

import (
	"context"
	"time"

	"github.com/account-operator/account-operator/internal/store"
)

// variable is a row of env_vars.
type variable struct {
	store.EnvVar
	version int64
	size    int // of its value; where that is not opened, as it is sealed
}

// inventory is what SyncEnvVars reads under the lock of the account's row.
type inventory struct {
	owner   store.Claim
	account int64 // 0: no live row
	rows    []sealedVariable
	unread  volume          // of the account, beside the rows
	waits   map[string]bool // names that the owner waits for
}

// volume is how much there is.
type volume struct{ rows, bytes int }

type sealedVariable struct {
	variable
	value []byte
}

var variablesOf = `SELECT ` + envVarKind.texts.claim + `, name, version, value FROM env_vars
	WHERE account_id = ` + liveAccount + ` ORDER BY name FOR UPDATE`

// SyncEnvVars locks the account, then its variables: whoever else changes one of these is either seen here, or waits and
// has its triggers run after this commit.
func (l *fencedStore) SyncEnvVars(ctx context.Context, account, owner store.Claim, plan func([]store.EnvVar) store.EnvVarPlan) error {
	have := inventory{owner: owner, waits: map[string]bool{}}
	return l.write(ctx, "storing variables", have.reads(account), func() ([]statement, error) {
		if have.account == 0 {
			return nil, store.ErrNotFound
		}
		known, shown := l.openAll(have)
		return l.draftOne(have, account, known, plan(shown))
	})
}

// draftOne answers nothing when the plan changes nothing, so that nothing is committed.
func (l *fencedStore) draftOne(have inventory, account store.Claim, known map[string]variable, p store.EnvVarPlan) ([]statement, error) {
	d := &draft{fencedStore: l, script: &script{owner: have.owner}, inventory: have, known: known, now: time.Now().UnixMicro()}
	if err := d.change(p); err != nil {
		return nil, err
	}
	d.flush()
	if p.Mark != nil {
		d.out = append(d.out, remember(have.owner, *p.Mark))
	}
	return append(d.out, d.audits(account, p.Mark)...), nil
}

func (i *inventory) reads(account store.Claim) []statement {
	return []statement{
		query(func(r row) error { return r.Scan(&i.account) },
			`SELECT id FROM accounts WHERE cluster = $1 AND uid = $2 AND deleted_at IS NULL FOR UPDATE`,
			account.Cluster, account.UID),
		query(i.variable, variablesOf, account.Cluster, account.UID),
		query(i.wait, `SELECT item FROM waits WHERE account_id = `+liveAccount+` AND cluster = $3 AND kind = $4 AND uid = $5`,
			account.Cluster, account.UID, i.owner.Cluster, i.owner.Kind, i.owner.UID),
	}
}

func (i *inventory) variable(r row) error {
	var v sealedVariable
	if err := r.Scan(append(claimInto(&v.Owner), &v.Name, &v.version, &v.value)...); err != nil {
		return err
	}
	v.Owner = claimOf(store.KindEnvVarSet, v.Owner)
	i.rows = append(i.rows, v)
	return nil
}

func (i *inventory) wait(r row) error {
	var name string
	err := r.Scan(&name)
	i.waits[name] = true
	return err
}

// openAll opens every value. One that does not open is shown as unreadable: its owner writes it again, and nobody else
// needs it. Only the owner's own are kept open, since an account may have as much as a manager has memory for a few times:
// another's is opened again by whoever asks for it.
func (s *Store) openAll(have inventory) (map[string]variable, []store.EnvVar) {
	known, shown := make(map[string]variable, len(have.rows)), make([]store.EnvVar, 0, len(have.rows))
	for _, r := range have.rows {
		open := func() ([]byte, error) {
			return s.sealer.Open(r.value, place(have.account, "env_vars", r.Name, r.version))
		}
		value, err := open()
		switch {
		case err != nil:
			r.Unreadable = true
		case r.Owner == have.owner:
			r.Value = store.NewSecret(value)
		default:
			r.Value = store.SecretOf(len(value), func() []byte {
				value, _ := open() // it did a moment ago
				return value
			})
		}
		r.size = r.Value.Len()
		known[r.Name], shown = r.variable, append(shown, r.EnvVar)
	}
	return known, shown
}

// openOwn opens the owner's own values; those of others were not read.
func (s *Store) openOwn(have inventory) (map[string]variable, []store.EnvVar) {
	known, shown := make(map[string]variable, len(have.rows)), make([]store.EnvVar, 0, len(have.rows))
	for _, r := range have.rows {
		if isOf(r.Owner, have.owner) {
			value, err := s.sealer.Open(r.value, place(have.account, "env_vars", r.Name, r.version))
			if r.Value = store.NewSecret(value); err != nil {
				r.Value, r.Unreadable = store.Secret{}, true
			}
			r.size = r.Value.Len()
		}
		known[r.Name], shown = r.variable, append(shown, r.EnvVar)
	}
	return known, shown
}

var releaseVariable = `UPDATE env_vars SET ` + envVarKind.texts.unclaim + ` WHERE account_id = $1 AND name = $2`
