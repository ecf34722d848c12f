package sqlstore

import (
	"cmp"
	"fmt"

	"github.com/account-operator/account-operator/internal/store"
)

// draft turns a plan into statements.
type draft struct {
	*fencedStore
	inventory

	known map[string]variable
	now   int64
	out   []statement
	rows  upsert              // come together at the next flush
	names map[string][]string // for the audit: what was done to which names
	await map[string]bool
}

// writes answers nothing when the plan changes nothing, so that nothing is committed.
func (d *draft) writes(account store.Claim, p store.EnvVarPlan) ([]statement, error) {
	d.names, d.await = map[string][]string{}, map[string]bool{}
	for _, c := range p.Changes {
		if err := d.change(c); err != nil {
			return nil, err
		}
	}
	d.flush()
	if err := cmp.Or(checkWrite(p.Mark, d.owner), checkVariables(d.known)); err != nil {
		return nil, err
	}
	d.waiting()
	if p.Mark != nil {
		d.out = append(d.out, remember(d.owner, *p.Mark))
	}
	if len(d.names) > 0 {
		did := auditEntry{op: "SyncEnvVars", names: d.names}
		if p.Mark != nil {
			did.generation = p.Mark.Generation
		}
		d.out = append(d.out, audit(d.owner, account, did))
	}
	return d.out, nil
}

// change does nothing for what is gone, or is not the owner's, unless it would have to write there.
func (d *draft) change(c store.EnvVarChange) error {
	had := d.known[c.Name]
	owns := had.Owner.Cluster == d.owner.Cluster && had.Owner.UID == d.owner.UID
	switch {
	case c.Op == store.EnvVarSet:
		return d.set(c, had)
	case c.Op == store.EnvVarAwait:
		d.await[c.Name] = true
	case c.Op == store.EnvVarDelete && owns:
		delete(d.known, c.Name)
		d.did(c, `DELETE FROM env_vars WHERE account_id = $1 AND name = $2`)
	case c.Op == store.EnvVarRelease && owns:
		d.did(c, releaseVariable)
	}
	return nil
}

func (d *draft) did(c store.EnvVarChange, text string) {
	d.flush()
	d.names[string(c.Op)] = append(d.names[string(c.Op)], c.Name)
	d.out = append(d.out, exec(text, d.account, c.Name))
}

// set gives the row a version that it never had, nor a row of the same name that was deleted: the clock, and at least one
// more than now. So no older ciphertext opens in it.
func (d *draft) set(c store.EnvVarChange, had variable) error {
	if o := had.Owner; !o.IsZero() && (o.Cluster != d.owner.Cluster || o.UID != d.owner.UID) {
		return &store.ConflictError{Field: "env " + c.Name, Holder: o}
	}
	if err := checkVariable(c); err != nil {
		return err
	}
	version := max(had.version+1, d.now)
	value, err := d.sealer.Seal(c.Value.Reveal(), place(d.account, "env_vars", c.Name, version))
	if err != nil {
		return err
	}
	d.known[c.Name] = variable{EnvVar: store.EnvVar{Name: c.Name, Value: c.Value, Owner: d.owner}, version: version}
	d.names[string(c.Op)] = append(d.names[string(c.Op)], c.Name)
	if len(d.rows) == upsertMost || d.rows.has(c.Name) { // one statement cannot write a row twice
		d.flush()
	}
	d.rows = append(d.rows, upsertRow{name: c.Name, value: value, version: version})
	return nil
}

func (d *draft) flush() {
	d.out = append(d.out, d.rows.statements(d.account, d.owner)...)
	d.rows = nil
}

// waiting makes the owner's waits for names of this account those that the plan awaits.
func (d *draft) waiting() {
	for name := range d.waits {
		if !d.await[name] {
			d.out = append(d.out, exec(`DELETE FROM waits WHERE cluster = $1 AND kind = $2 AND uid = $3 AND account_id = $4 AND item = $5`,
				d.owner.Cluster, d.owner.Kind, d.owner.UID, d.account, name))
		}
	}
	for name := range d.await {
		if !d.waits[name] {
			d.out = append(d.out, wait(d.owner, d.account, name))
		}
	}
}

func checkVariables(all map[string]variable) error {
	size := 0
	for _, v := range all {
		size += v.Value.Len()
	}
	if len(all) > maxEnvVars || size > maxAllValues {
		return &store.InvalidError{
			Field:  "env",
			Reason: fmt.Sprintf("the account would have more than %d variables or %d MiB", maxEnvVars, maxAllValues>>20),
		}
	}
	return nil
}

func checkVariable(c store.EnvVarChange) error {
	if c.Name == "" {
		return &store.InvalidError{Field: "env", Reason: "a name is empty"}
	}
	if err := checkText("env name", c.Name, maxNameSize); err != nil {
		return err
	}
	if c.Value.Len() > maxValueSize {
		return &store.InvalidError{Field: "env " + c.Name, Reason: fmt.Sprintf("is longer than %d bytes", maxValueSize)}
	}
	return nil
}
