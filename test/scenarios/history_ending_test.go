package scenarios

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/account-operator/account-operator/api/v1alpha1"
)

// modelThing is what runs or lies in an account or in one of its teams, and is in the way of its deletion.
type modelThing struct{ kind, team string }

var kindsOfThings = []string{"Cluster", "Instance", "Machine", "Volume"}

func tableOf(kind string) string { return strings.ToLower(kind) + "s" }

// inTheWay counts what keeps the account from going, by kind. What is in teams that go to an heir does not.
func (r *modelRow) inTheWay(inherited bool) map[string]int {
	found := map[string]int{}
	for _, o := range r.things {
		if o.team == "" || !inherited {
			found[o.kind]++
		}
	}
	return found
}

// settleEnd has an account go that was deleted, as soon as nothing is in the way and its teams have somewhere to go.
func (m *historyModel) settleEnd(name string, a *modelAccount) {
	address, row := m.rowOf(name)
	_, heirs := m.rowOf(a.heir)
	if row != nil {
		switch {
		case len(row.inTheWay(a.heir != "")) > 0:
			a.status = "DeletionBlocked"
			return
		case a.heir != "" && len(row.teams) > 0 && !m.isReady(a.heir):
			a.status = "TransferTargetNotReady"
			return
		case a.heir != "" && len(row.teams) > 0:
			maps.Copy(heirs.teams, row.teams)
			maps.Copy(heirs.things, row.things)
		}
		m.losesRow(name, address)
	}
	m.endsOf(name)
}

func (m *historyModel) isReady(account string) bool {
	a := m.accounts[account]
	return a != nil && !a.ending && a.status == "Synced"
}

// waitsForHeir reports whether an account waits for another one to take its teams. Whether it is Ready for a moment in between counts.
func (m *historyModel) waitsForHeir() bool {
	for _, a := range m.accounts {
		if a.ending && a.heir != "" {
			return true
		}
	}
	return false
}

// getsThing has another client give an account a team, or something that runs in it or in its team.
func (t *history) getsThing() *step {
	name := pick(t, t.model.accounts, true, "a b", t.isSettled)
	if name == "" {
		return nil
	}
	id := fmt.Sprintf("%s-%d", t.name, t.longer())
	if t.odds(3) {
		return &step{what: "account " + name + " gets team " + id, certain: true, does: func() {
			address, row := t.model.rowOf(name)
			t.owns(t.id(address), id)
			row.teams[id] = true
		}}
	}
	kind := t.one(kindsOfThings...)
	return &step{what: "account " + name + " gets a " + kind, certain: true, does: func() {
		address, row := t.model.rowOf(name)
		if teams := slices.Sorted(maps.Keys(row.teams)); len(teams) > 0 && t.odds(2) {
			t.foreign(`INSERT INTO `+tableOf(kind)+` (id, team_id) VALUES (?, ?)`, id, teams[0])
			row.things[id] = modelThing{kind, teams[0]}
			return
		}
		t.foreign(`INSERT INTO `+tableOf(kind)+` (id, account_id) SELECT ?, id FROM accounts WHERE email = ? AND deleted_at IS NULL`,
			id, t.id(address))
		row.things[id] = modelThing{kind: kind}
	}}
}

// losesThing has another client remove what runs in an account, wherever its account is now.
func (t *history) losesThing() *step {
	var all []string
	for _, r := range t.model.rows {
		all = slices.AppendSeq(all, maps.Keys(r.things))
	}
	if len(all) == 0 {
		return nil
	}
	slices.Sort(all)
	id := t.one(all...)
	return &step{what: id + " is removed", does: func() {
		for _, r := range t.model.rows {
			if o, there := r.things[id]; there {
				t.foreign(`DELETE FROM `+tableOf(o.kind)+` WHERE id = ?`, id)
				delete(r.things, id)
			}
		}
	}}
}

// endsAccount deletes an account that has something: it may have to wait, and its teams may go to the other one.
func (t *history) endsAccount(name string) *step {
	obj, heir := account(t.id(name), ""), ""
	what := "delete account " + name
	if t.odds(2) {
		heir = map[string]string{"a": "b", "b": "a"}[name]
		what += ", whose heir is " + heir
	}
	return &step{what: what, certain: true, settles: heir != "", object: obj, does: func() {
		if heir != "" {
			edits(t, obj, func(a *v1alpha1.Account) { a.Spec.Deletion = toHeir(t.id(heir)) })
		}
		t.goes(obj, v1alpha1.DeletionDelete)
		a := t.model.accounts[name]
		a.ending, a.heir, a.suspended = true, heir, false
	}}
}

// keepsAccount retains an account after all that cannot go.
func (t *history) keepsAccount() *step {
	name := pick(t, t.model.accounts, true, "a b", func(name string) bool {
		held, _ := t.model.rowOf(name)
		return t.model.accounts[name].ending && held != shared
	})
	if name == "" {
		return nil
	}
	obj := account(t.id(name), "")
	return &step{what: "retain account " + name + " after all", certain: true, settles: true, object: obj, does: func() {
		_, row := t.model.rowOf(name)
		edits(t, obj, func(a *v1alpha1.Account) { a.Spec.DeletionPolicy = v1alpha1.DeletionRetain })
		t.model.endsOf(name)
		row.holder = ""
	}}
}

// stays reports whether the account was not deleted.
func (t *history) stays(name string) bool { return !t.model.accounts[name].ending }

func blockersLine(found map[string]int) string {
	var words []string
	for _, kind := range slices.Sorted(maps.Keys(found)) {
		words = append(words, fmt.Sprintf("%d %s", found[kind], kind))
	}
	return " by [" + strings.Join(words, ", ") + "]"
}

func thingLine(address, id, kind, team string) string {
	return fmt.Sprintf("row %s %s %s in team %q", address, kind, id, team)
}

func teamLine(address, id string) string { return fmt.Sprintf("row %s team %s", address, id) }
