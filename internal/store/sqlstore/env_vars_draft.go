package sqlstore

import (
	"cmp"
	"fmt"

	"github.com/account-operator/account-operator/internal/store"
)

// script is the statements of a transaction, in which variables that are set one after another are written together.
type script struct {
	owner store.Claim
	out   []statement
	rows  upsert // come together at the next flush
}

func (s *script) flush() {
	s.out = append(s.out, s.rows.statements(s.owner)...)
	s.rows = upsert{}
}

// draft turns the plan for one account into statements of a script.
type draft struct {
	*fencedStore
	*script
	inventory

	known map[string]variable
	now   int64
	names map[string][]string // for the audit: what was done to which names
	await map[string]bool
}

// change does what a plan says of variables and of waits for them.
func (d *draft) change(p store.EnvVarPlan) error {
	d.names, d.await = map[string][]string{}, map[string]bool{}
	for _, c := range p.Changes {
		if err := d.one(c); err != nil {
			return err
		}
	}
	if err := cmp.Or(checkWrite(p.Mark, d.script.owner), checkVariables(d.known, d.unread)); err != nil {
		return err
	}
	d.waiting()
	return nil
}

// audits notes what was done to the account's variables, if anything.
func (d *draft) audits(account store.Claim, mark *store.Mark) []statement {
	if len(d.names) == 0 {
		return nil
	}
	return []statement{audit(d.script.owner, account, auditEntry{op: syncOp, generation: generationOf(mark), names: d.names})}
}

func generationOf(mark *store.Mark) int64 {
	if mark == nil {
		return 0
	}
	return mark.Generation
}

const syncOp = "SyncEnvVars"

// one does nothing for what is gone, or is not the owner's, unless it would have to write there.
func (d *draft) one(c store.EnvVarChange) error {
	had := d.known[c.Name]
	owns := isOf(had.Owner, d.script.owner)
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
	if o := had.Owner; !o.IsZero() && !isOf(o, d.script.owner) {
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
	d.known[c.Name] = variable{EnvVar: store.EnvVar{Name: c.Name, Value: c.Value, Owner: d.script.owner}, version: version, size: c.Value.Len()}
	d.names[string(c.Op)] = append(d.names[string(c.Op)], c.Name)
	if d.script.rows.has(d.account, c.Name) {
		d.flush()
	}
	d.script.rows.add(had.Owner == d.script.owner, d.account, c.Name, value, version)
	return nil
}

func isOf(holder, owner store.Claim) bool {
	return holder.Cluster == owner.Cluster && holder.UID == owner.UID
}

// waiting makes the owner's waits for names of this account those that the plan awaits.
func (d *draft) waiting() {
	for name := range d.waits {
		if !d.await[name] {
			d.out = append(d.out, exec(`DELETE FROM waits WHERE cluster = $1 AND kind = $2 AND uid = $3 AND account_id = $4 AND item = $5`,
				d.script.owner.Cluster, d.script.owner.Kind, d.script.owner.UID, d.account, name))
		}
	}
	for name := range d.await {
		if !d.waits[name] {
			d.out = append(d.out, wait(d.script.owner, d.account, name))
		}
	}
}

// checkVariables bounds what an account has, these and others.
func checkVariables(all map[string]variable, others volume) error {
	size := others.bytes
	for _, v := range all {
		size += v.size
	}
	if len(all)+others.rows > maxEnvVars || size > maxAllValues {
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
