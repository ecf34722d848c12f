package sqlstore

import (
	"context"
	"time"

	"github.com/account-operator/account-operator/internal/store"
)

// heldVariable is a variable of the account, without its value: a program that serves holders need not be able to read any.
type heldVariable struct {
	store.HeldEnvVar
	version int64
	size    int // as it is sealed
}

// heldVariables are all that an account has, by name.
type heldVariables map[string]heldVariable

var heldVariablesOf = `SELECT ` + envVarKind.texts.claim + `, name, version, size FROM env_vars WHERE account_id = $1 ORDER BY name`

func (v heldVariables) into(r row) error {
	var one heldVariable
	if err := r.Scan(append(claimInto(&one.Owner), &one.Name, &one.version, &one.size)...); err != nil {
		return err
	}
	one.Owner = claimOf(store.KindEnvVarSet, one.Owner)
	v[one.Name] = one
	return nil
}

// EnvVars implements store.HeldEnvVars.
func (h holder) EnvVars(ctx context.Context) (all []store.HeldEnvVar, err error) {
	live := false
	err = h.engine.read(ctx, query(func(r row) error {
		live = true
		var v store.HeldEnvVar
		err := r.Scan(append(claimInto(&v.Owner), &v.Name)...)
		if v.Owner = claimOf(store.KindEnvVarSet, v.Owner); v.Name != "" {
			all = append(all, v)
		}
		return err
	}, heldNames, h.id))
	if err == nil && !live {
		err = store.ErrNotFound
	}
	return all, doing("reading variables", err)
}

var heldNames = heldBy("env_vars", "name", claimText("k.owner_", "coalesce(%s, '')")+", coalesce(k.name, '')")

// PutEnvVars implements store.HeldEnvVars. It locks the account, then its variables, as everywhere.
func (h holder) PutEnvVars(ctx context.Context, all []store.NamedValue) (done store.Written, err error) {
	if len(all) == 0 {
		return done, nil
	}
	for _, v := range all {
		if err := checkVariable(store.EnvVarChange{Name: v.Name, Value: v.Value}); err != nil {
			return done, doing("storing variables", err)
		}
	}
	had := heldVariables{}
	err = h.write(ctx, "storing variables", []statement{query(had.into, heldVariablesOf+` FOR UPDATE`, h.id)},
		func(heldRow) (writes []statement, err error) {
			writes, done, err = h.putEnvVars(had, all)
			return writes, err
		})
	if err != nil {
		return store.Written{}, err
	}
	return done, nil
}

func (h holder) putEnvVars(had heldVariables, all []store.NamedValue) (writes []statement, done store.Written, err error) {
	names, now := map[string][]string{}, time.Now().UnixMicro()
	has := make(map[string]variable, len(had)+len(all))
	for name, v := range had {
		has[name] = variable{size: v.size}
	}
	for _, v := range all {
		before, there := had[v.Name]
		if !before.Owner.IsZero() {
			return nil, done, &store.ManagedError{Leaf: "env " + v.Name, By: before.Owner}
		}
		if there {
			done.Replaced++
		} else {
			done.Added++
		}
		version := max(before.version+1, now)
		sealed, err := h.sealer.Seal(v.Value.Reveal(), place(h.id, "env_vars", v.Name, version))
		if err != nil {
			return nil, done, err
		}
		// What is proposed is not read again: that would take the right to read values.
		writes = append(writes, exec(`INSERT INTO env_vars (account_id, name, value, version) VALUES ($1, $2, $3, $4)
			ON CONFLICT (account_id, name) DO UPDATE SET value = $3, version = $4`, h.id, v.Name, sealed, version))
		has[v.Name], names["set"] = variable{size: len(sealed)}, append(names["set"], v.Name)
	}
	if err := checkVariables(has, volume{}); err != nil {
		return nil, done, err
	}
	return append(writes, h.audit("PutEnvVars", names)), done, nil
}

// DeleteEnvVar implements store.HeldEnvVars.
func (h holder) DeleteEnvVar(ctx context.Context, name string) error {
	had := heldVariables{}
	read := query(had.into, `SELECT `+envVarKind.texts.claim+`, name, version, size FROM env_vars WHERE account_id = $1 AND name = $2 FOR UPDATE`, h.id, name)
	return h.write(ctx, "removing a variable", []statement{read}, func(heldRow) ([]statement, error) {
		v, there := had[name]
		switch {
		case !there:
			return nil, nil
		case !v.Owner.IsZero():
			return nil, &store.ManagedError{Leaf: "env " + name, By: v.Owner}
		}
		return []statement{
			exec(`DELETE FROM env_vars WHERE account_id = $1 AND name = $2`, h.id, name),
			h.audit("DeleteEnvVar", map[string][]string{"delete": {name}}),
		}, nil
	})
}
