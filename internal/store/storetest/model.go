package storetest

import (
	"errors"
	"maps"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/account-operator/account-operator/internal/store"
)

// model is what the store should hold after a history of calls on one account with two sets.
type model struct {
	*scene

	account store.Claim
	sets    []store.Claim
	exists  bool
	address string
	vars    vars
	owner   map[string]store.Claim
}

func (m *model) put(t *rapid.T) {
	m.address = m.account.UID + rapid.SampledFrom([]string{"1", "2"}).Draw(t, "address") + "@example.com"
	got, err := m.fenced.PutAccount(m.ctx, m.account, store.AccountSpec{Email: m.address}, mark("r"))
	if err != nil || got.Email != m.address {
		t.Fatalf("got %v, %v", got, err)
	}
	m.exists = true
}

func (m *model) delete(t *rapid.T) {
	if err := m.fenced.DeleteAccount(m.ctx, m.account, store.Deletion{}); err != nil {
		t.Fatal(err)
	}
	m.exists = false
	clear(m.vars)
	clear(m.owner)
}

func (m *model) sync(t *rapid.T) {
	owner := rapid.SampledFrom(m.sets).Draw(t, "owner")
	c := change(rapid.SampledFrom([]store.EnvVarOp{store.EnvVarSet, store.EnvVarDelete, store.EnvVarRelease, store.EnvVarAwait}).Draw(t, "op"),
		rapid.SampledFrom([]string{"A", "B"}).Draw(t, "name"), rapid.StringN(0, 5, 20).Draw(t, "value"))
	err := m.fenced.SyncEnvVars(m.ctx, m.account, owner, plan(c))
	holder, held := m.owner[c.Name]
	conflict := (*store.ConflictError)(nil)
	switch {
	case !m.exists:
		if !errors.Is(err, store.ErrNotFound) {
			t.Fatalf("got %v", err)
		}
	case c.Op == store.EnvVarSet && held && holder != owner:
		if !errors.As(err, &conflict) || conflict.Holder != holder {
			t.Fatalf("got %v", err)
		}
	case err != nil:
		t.Fatal(err)
	default:
		m.apply(owner, c)
	}
}

func (m *model) apply(owner store.Claim, c store.EnvVarChange) {
	if c.Op == store.EnvVarSet {
		m.vars[c.Name], m.owner[c.Name] = string(c.Value.Reveal()), owner
	}
	if m.owner[c.Name] != owner || c.Op == store.EnvVarSet || c.Op == store.EnvVarAwait {
		return
	}
	delete(m.owner, c.Name)
	if c.Op == store.EnvVarDelete {
		delete(m.vars, c.Name)
	}
}

func (m *model) remove(t *rapid.T) {
	owner, retain := rapid.SampledFrom(m.sets).Draw(t, "owner"), rapid.Bool().Draw(t, "retain")
	if err := m.fenced.RemoveEnvVars(m.ctx, owner, retain); err != nil {
		t.Fatal(err)
	}
	for name, holder := range maps.Clone(m.owner) {
		if holder != owner {
			continue
		}
		delete(m.owner, name)
		if !retain {
			delete(m.vars, name)
		}
	}
}

// restart is seldom: it costs more than all the others together.
func (m *model) restart(t *rapid.T) {
	if rapid.IntRange(0, 29).Draw(t, "dice") > 0 {
		return
	}
	m.Store = m.Reopen()
	m.fenced = m.lead(lease)
}

func (m *model) check(t *rapid.T) {
	got, err := m.fenced.Account(m.ctx, m.account)
	if m.exists != (err == nil) || m.exists && got.Email != m.address {
		t.Fatalf("exists: %t, address %s; got %v, %v", m.exists, m.address, got, err)
	}
	if !m.exists {
		return
	}
	have, owners := vars{}, map[string]store.Claim{}
	err = m.fenced.SyncEnvVars(m.ctx, m.account, set("looker"), func(all []store.EnvVar) store.EnvVarPlan {
		for _, v := range all {
			have[v.Name] = string(v.Value.Reveal())
			if !v.Owner.IsZero() {
				owners[v.Name] = v.Owner
			}
		}
		return store.EnvVarPlan{}
	})
	if diff := cmp.Diff(m.vars, have) + cmp.Diff(m.owner, owners); err != nil || diff != "" {
		t.Fatal(err, diff)
	}
}
