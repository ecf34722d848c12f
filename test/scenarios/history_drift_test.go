package scenarios

import (
	"maps"
	"slices"

	"github.com/account-operator/account-operator/api/v1alpha1"
	"github.com/account-operator/account-operator/internal/controller/object"
)

// mayReport has some of what is made leave what other clients do, and report it.
func (t *history) mayReport(obj object.Object, model *modelObject) {
	if model.reports = t.odds(3); model.reports {
		obj.Common().DriftPolicy = v1alpha1.DriftReport
	}
}

// changesDriftPolicy has an object report what it put back, or put back what it reported.
func (t *history) changesDriftPolicy() *step {
	obj, model := t.any("a", "b", "w", "x", "y", "z", teamName, "c", "d")
	if model == nil {
		return nil
	}
	policy := map[bool]v1alpha1.DriftPolicy{true: v1alpha1.DriftCorrect, false: v1alpha1.DriftReport}[model.reports]
	what := "have " + obj.GetName() + " " + string(policy) + " what other clients do"
	return &step{what: what, certain: true, settles: true, object: obj, does: func() {
		edits(t, obj, func(o object.Object) { o.Common().DriftPolicy = policy })
		model.reports = !model.reports
	}}
}

// heeds has the steps before and after a change wait where something drifted: whether it is left may depend on whether a reconcile saw
// what was wanted in between.
func (t *history) heeds(model *modelObject, s *step) *step {
	if len(model.drifted) > 0 {
		s.certain, s.settles = true, true
	}
	return s
}

// driftsAccount has another client change what an account prefers. Where its spec says nothing of that, it is the holder's choice.
func (t *history) driftsAccount() *step {
	name := pick(t, t.model.accounts, true, "a b", t.isSettled)
	if name == "" {
		return nil
	}
	theme := t.one("Dark", "Light")
	return &step{what: "another client gives account " + name + " the theme " + theme, certain: true, does: func() {
		address, row := t.model.rowOf(name)
		t.foreign(`UPDATE accounts SET theme = ? WHERE email = ? AND deleted_at IS NULL`, theme, t.id(address))
		row.theme = theme
	}}
}

// driftsVariable has another client delete a variable that some set writes, release it, so that it has no owner, or garble its value,
// which is of no use then and is put again under any policy.
func (t *history) driftsVariable() *step {
	name := pick(t, t.model.sets, true, "w x y z va vb", t.model.writes)
	if name == "" {
		return nil
	}
	account := ofAccount[name]
	want, _ := t.model.desiredVars(t.model.sets[name])
	if len(want) == 0 {
		return nil
	}
	v := t.one(slices.Sorted(maps.Keys(want))...)
	reported, done := false, t.one("deletes ", "releases ", "garbles ")
	for other, s := range t.model.sets {
		if _, wanted := t.model.desired(other, v); wanted && ofAccount[other] == account {
			if !t.model.writes(other) {
				return nil // who held it would not put it back
			}
			reported = reported || s.reports
		}
	}
	return &step{what: "another client " + done + v + " of account " + account, certain: done != "deletes " || reported, does: func() {
		t.strange(done, v, account)
	}}
}

// strange changes a variable of an account as another program would. Where its set does not put that back, whoever else wants the
// name may have it then.
func (t *history) strange(done, v, account string) {
	address, row := t.model.rowOf(account)
	has, there := row.vars[v]
	put := there && t.model.putsBack(has.owner, v)
	const its = ` WHERE name = ? AND account_id = (SELECT id FROM accounts WHERE email = ? AND deleted_at IS NULL)`
	switch {
	case done == "deletes ":
		t.foreign(`DELETE FROM env_vars`+its, v, t.id(address))
		if !put {
			delete(row.vars, v)
		}
	case done == "releases ":
		t.foreign(`UPDATE env_vars SET owner_cluster = NULL, owner_namespace = NULL, owner_namespace_uid = NULL,
			owner_name = NULL, owner_uid = NULL`+its, v, t.id(address))
		if there {
			t.model.open.adopts(account, v, has.size)
		}
		if there && !put {
			row.vars[v] = modelVariable{size: has.size}
		}
	case t.model.writes(has.owner):
		t.foreign(`UPDATE env_vars SET value = ?`+its, []byte{0}, v, t.id(address))
		return
	}
	t.model.open.dropped(account, v)
}

// driftsConnection has another client remove or change what a connection writes.
func (t *history) driftsConnection() *step {
	name := pick(t, t.model.conns, true, "c d", func(name string) bool {
		c := t.model.conns[name]
		return !c.suspended && c.status == "Synced"
	})
	if name == "" {
		return nil
	}
	c, done := t.model.conns[name], t.one("removes", "changes", "garbles")
	return &step{what: "another client " + done + " connection " + name, certain: c.reports, does: func() {
		_, row := t.model.rowOf(ofAccount[name])
		has, there := row.conns[name]
		switch done {
		case "removes":
			t.foreign(`DELETE FROM connections WHERE name = ?`, t.id(name))
			if c.reports {
				delete(row.conns, name)
			}
		case "changes":
			t.foreign(`UPDATE connections SET bucket = 'elsewhere' WHERE name = ?`, t.id(name))
			if c.reports && there {
				row.conns[name] = modelBucket{"elsewhere", has.size}
			}
		case "garbles":
			t.foreign(`UPDATE connections SET credentials = ? WHERE name = ?`, []byte{0}, t.id(name))
		}
	}}
}
