package scenarios

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/account-operator/account-operator/api/v1alpha1"
)

// A history has one set that is for each of its accounts that is of the team. What it has of one account is a set of the model, by both
// their names, so that all that is known of sets holds for it as well.
const (
	teamName    = "v"
	teamLabel   = "crew"
	notSelected = "NotSelected" // the status of what it has of an account that is not of the team
)

func isPair(set string) bool { return len(set) == 2 && strings.HasPrefix(set, teamName) }

// setOf is the object that a set of the model belongs to.
func setOf(owner string) string {
	if isPair(owner) {
		return teamName
	}
	return owner
}

func (m *historyModel) isOfTeam(account string) bool {
	a := m.accounts[account]
	return a != nil && a.labelled
}

// mirrorTeam has each part be as the whole.
func (m *historyModel) mirrorTeam() {
	for _, account := range []string{"a", "b"} {
		switch part := m.sets[teamName+account]; {
		case m.team == nil:
			delete(m.sets, teamName+account)
		case part == nil:
			m.sets[teamName+account] = &modelSet{modelObject: m.team.modelObject, env: m.team.env, from: m.team.from}
		default:
			part.suspended, part.reports, part.env, part.from = m.team.suspended, m.team.reports, m.team.env, m.team.from
		}
	}
}

// deselects takes from an account what it has of the set that it is not of the team of any more. One whose object is not there keeps it.
func (m *historyModel) deselects(name string, s *modelSet) {
	account := ofAccount[name]
	if _, row := m.rowOf(account); s.status == notSelected && !s.suspended && m.accounts[account] != nil && row != nil {
		m.drop(row, name, func(string) bool { return true })
		s.marks, s.drifted = nil, nil
	}
}

// settleTeam makes the status of the whole from those of its parts.
func (m *historyModel) settleTeam() {
	if m.team == nil || m.team.suspended {
		return
	}
	m.team.status, m.team.drifted = "Synced", nil
	for _, account := range []string{"a", "b"} {
		part := m.sets[teamName+account]
		if part.status != "Synced" && part.status != notSelected {
			m.team.status = "AccountsNotReady"
		}
		for _, leaf := range part.drifted {
			m.team.drifted = append(m.team.drifted, account+"/"+leaf)
		}
	}
}

// losesRow notes that an account's row is gone, with all that was remembered of it.
func (m *historyModel) losesRow(account, address string) {
	delete(m.rows, address)
	m.open.forget(account)
	if part := m.sets[teamName+account]; part != nil {
		part.marks, part.drifted = nil, nil
	}
}

func (m *historyModel) teamLine() string {
	line := statusLine(m.team.suspended, m.team.status, m.team.drifted)
	if m.team.suspended {
		return line
	}
	ready, matched, others := 0, 0, []string{}
	for _, account := range []string{"a", "b"} {
		switch status := m.sets[teamName+account].status; status {
		case notSelected:
		case "Synced":
			ready, matched = ready+1, matched+1
		default:
			matched++
			others = append(others, account+" "+status)
		}
	}
	return line + teamDetails(fmt.Sprintf("%d/%d", ready, matched), others)
}

func teamDetails(progress string, others []string) string {
	return " in " + progress + " accounts, not [" + strings.Join(others, ", ") + "]"
}

// teamStatus is what an observation has of the set.
func teamStatus(e *v1alpha1.EnvVarSet) string {
	for n, name := range e.Status.Drifted {
		_, e.Status.Drifted[n] = historyOf(name)
	}
	line := statusOf(e)
	if e.Spec.Suspend || !strings.HasPrefix(line, "Synced") && !strings.HasPrefix(line, "AccountsNotReady") {
		return line
	}
	var others []string
	for _, b := range e.Status.Accounts.NotReady {
		_, account := historyOf(b.Name)
		others = append(others, account+" "+b.Reason)
	}
	return line + teamDetails(e.Status.Accounts.Progress, others)
}

func (t *history) teamLabels() map[string]string { return map[string]string{teamLabel: t.name} }

// someTeam takes only what may be missing: whether what the set lacks keeps it from leaving an account depends on whether it is in any other.
func (s *modelSet) someTeam() *modelSet {
	for name, v := range s.env {
		v.optional = true
		s.env[name] = v
	}
	s.from = slices.Clone(s.from)
	for n := range s.from {
		s.from[n].optional = true
	}
	return s
}

func (t *history) makesTeam() *step {
	if t.model.team != nil {
		return nil
	}
	team := &modelSet{env: map[string]modelValue{}, from: t.someFrom()}
	for range 1 + t.chance.IntN(3) {
		team.env[t.someName()] = t.someValue()
	}
	team.someTeam()
	obj := envVarSet(t.id(teamName), "", t.env(team.env)...)
	obj.Spec.EnvFrom, obj.Spec.AccountSelector = t.envFrom(team.from), &v1alpha1.AccountSelector{MatchLabels: t.teamLabels()}
	t.mayReport(obj, &team.modelObject)
	return &step{what: "make the team's set of " + wording(team), absent: envVarSet(t.id(teamName), ""), object: obj, does: func() {
		t.create(obj)
		t.model.team = team
	}}
}

func (t *history) editsTeam() *step {
	team := t.model.team
	if team == nil {
		return nil
	}
	next, obj := t.edited(team).someTeam(), envVarSet(t.id(teamName), "")
	return t.heeds(&team.modelObject, &step{what: "edit the team's set to " + wording(next), object: obj, does: func() {
		edits(t, obj, func(e *v1alpha1.EnvVarSet) { e.Spec.Env, e.Spec.EnvFrom = t.env(next.env), t.envFrom(next.from) })
		team.env, team.from = next.env, next.from
	}})
}

func (t *history) deletesTeam() *step {
	if t.model.team == nil {
		return nil
	}
	obj, policy := envVarSet(t.id(teamName), ""), v1alpha1.DeletionPolicy(t.one("Delete", "Delete", "Retain"))
	retains := policy == v1alpha1.DeletionRetain
	return &step{what: string(policy) + " the team's set", certain: retains, settles: retains, object: obj, does: func() {
		t.goes(obj, policy)
		for _, account := range []string{"a", "b"} {
			t.model.leaves(teamName+account, retains)
		}
		t.model.team = nil
	}}
}

// joinsOrLeaves has an account join the team, or leave it.
func (t *history) joinsOrLeaves() *step {
	name := pick(t, t.model.accounts, true, "a b", t.stays)
	if name == "" {
		return nil
	}
	a, labels, what := t.model.accounts[name], t.teamLabels(), "account "+name+" joins the team"
	if a.labelled {
		labels, what = nil, "account "+name+" leaves the team"
	}
	s := t.changesAccount(name, what, false,
		func(o *v1alpha1.Account) { o.Labels = maps.Clone(labels) },
		func(a *modelAccount) { a.labelled = labels != nil })
	if t.model.team != nil {
		t.heeds(&t.model.team.modelObject, s)
	}
	return s
}
