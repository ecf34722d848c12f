package scenarios

import (
	"fmt"
	"maps"
	"slices"
)

// historyModel is what there has to be after a history: the objects that it made, and the rows of the store that follow from them. It
// takes each step as if all before it had been dealt with. Where the order of reconciles decides, it knows
// which ends are right (see history_open_test.go).
type historyModel struct {
	accounts map[string]*modelAccount
	sets     map[string]*modelSet
	team     *modelSet // nil: there is none
	conns    map[string]*modelConnection
	sources  map[string]*modelSource
	rows     map[string]*modelRow // live accounts of the store, by address
	open     openEnds
}

// modelObject is what every kind has. status is the reason of Ready as the last reconcile left it.
type modelObject struct {
	suspended bool
	status    string
	reports   bool              // driftPolicy: Report
	marks     map[string]string // by leaf: what was applied last, while it reports
	drifted   []string          // the leaves that the last reconcile left as another client made them
}

type modelAccount struct {
	modelObject
	address, theme string
	adopts         bool
	ending         bool   // it was deleted, and something may be in the way
	heir           string // the account that gets its teams then; empty: they go with it
	labelled       bool   // it is of the team
}

type modelSet struct {
	modelObject
	foreign bool // of another class
	env     map[string]modelValue
	from    []modelFrom
}

// modelValue is a value of the spec's own, or that of a key.
type modelValue struct {
	source, key string
	optional    bool
	size        int
}

type modelConnection struct {
	modelObject
	bucket string
}

type modelRow struct {
	holder string // an account; empty: unmanaged
	theme  string
	vars   map[string]modelVariable
	conns  map[string]modelBucket
	given  int // connections that were given to the account holder
	teams  map[string]bool
	things map[string]modelThing
}

type modelVariable struct {
	owner string // a set; empty: none's
	size  int
}

type modelBucket struct {
	bucket string
	size   int
}

// ofAccount says whose the sets and the connections are.
var ofAccount = map[string]string{"w": "b", "x": "a", "y": "a", "z": "a", "c": "a", "d": "b", teamName + "a": "a", teamName + "b": "b"}

func newHistoryModel() *historyModel {
	return &historyModel{
		accounts: map[string]*modelAccount{}, sets: map[string]*modelSet{}, conns: map[string]*modelConnection{},
		sources: map[string]*modelSource{}, rows: map[string]*modelRow{}, open: newOpenEnds(),
	}
}

func rowsLike(rows map[string]*modelRow) map[string]*modelRow {
	all := make(map[string]*modelRow, len(rows))
	for address, r := range rows {
		like := *r
		like.vars, like.conns = maps.Clone(r.vars), maps.Clone(r.conns)
		like.teams, like.things = maps.Clone(r.teams), maps.Clone(r.things)
		all[address] = &like
	}
	return all
}

// rowOf is the row that an account holds, and its address; nil where it holds none.
func (m *historyModel) rowOf(account string) (string, *modelRow) {
	for address, r := range m.rows {
		if r.holder == account {
			return address, r
		}
	}
	return "", nil
}

// settle brings the rows to where the objects want them.
func (m *historyModel) settle() {
	m.mirrorTeam()
	for range m.accounts { // what one leaves, another may wait for
		for _, name := range slices.Sorted(maps.Keys(m.accounts)) {
			if a := m.accounts[name]; a.ending {
				m.settleEnd(name, a)
			} else {
				m.settleAccount(name, a)
			}
		}
	}
	for range m.sets {
		for _, name := range slices.Sorted(maps.Keys(m.sets)) {
			m.settleSet(name, m.sets[name])
		}
	}
	m.settleTeam()
	for name, c := range m.conns {
		m.settleConnection(name, c)
	}
}

func (m *historyModel) settleAccount(name string, a *modelAccount) {
	if a.suspended {
		return
	}
	if a.status = m.standsInTheWay(name, a); a.status != "" {
		return
	}
	held, row := m.rowOf(name)
	was := a.compare()
	if row == nil {
		was = nil
	}
	switch {
	case m.rows[a.address] != nil:
		row = m.rows[a.address]
	case row == nil:
		row = &modelRow{
			theme: "System", vars: map[string]modelVariable{}, conns: map[string]modelBucket{},
			teams: map[string]bool{}, things: map[string]modelThing{},
		}
	default:
		delete(m.rows, held)
	}
	m.rows[a.address], row.holder, a.status = row, name, "Synced"
	if a.theme != "" && !a.leaves(was, "preferences.theme", a.theme, row.theme != a.theme) {
		row.theme = a.theme
	}
}

// standsInTheWay is why the account cannot have its address; empty: it can.
func (m *historyModel) standsInTheWay(name string, a *modelAccount) string {
	_, own := m.rowOf(name)
	switch there := m.rows[a.address]; {
	case there == nil || there.holder == name:
		return ""
	case there.holder != "":
		return "EmailInUse"
	case own == nil: // it retained this one itself, by the same name
		return ""
	default:
		return "AccountExists"
	}
}

// hindered is why a set or a connection is not written now, and leaves what it has; empty: it is.
func (m *historyModel) hindered(name string, o modelObject, missing bool) string {
	account := ofAccount[name]
	_, row := m.rowOf(account)
	switch {
	case o.suspended:
		return o.status
	case isPair(name) && !m.isOfTeam(account):
		return notSelected
	case m.accounts[account] == nil:
		return "AccountNotFound"
	case missing:
		return "SourceMissing"
	case row == nil:
		return "AccountNotReady"
	}
	return ""
}

// writes reports whether the set is written as it is.
func (m *historyModel) writes(name string) bool {
	s := m.sets[name]
	return s != nil && !s.suspended && !s.foreign && m.hindered(name, s.modelObject, m.lacks(s)) == ""
}

func (m *historyModel) settleSet(name string, s *modelSet) {
	if s.foreign {
		return
	}
	want, missing := m.desiredVars(s)
	if s.status = m.hindered(name, s.modelObject, missing); s.status != "" {
		m.deselects(name, s)
		return
	}
	_, row := m.rowOf(ofAccount[name])
	m.drop(row, name, func(v string) bool { _, wanted := want[v]; return !wanted })
	s.status = "Synced"
	was := s.compare()
	for v, want := range want {
		if s.leaves(was, v, want.mark, row.vars[v] != (modelVariable{name, want.size})) {
			continue
		}
		m.open.wants(ofAccount[name], v, name)
		if had, there := row.vars[v]; there && had.owner == "" {
			m.open.adopts(ofAccount[name], v, had.size)
		}
		if owner := row.vars[v].owner; owner != "" && owner != name {
			s.status = "NameConflict"
			delete(s.marks, v)
			continue
		}
		row.vars[v] = modelVariable{name, want.size}
	}
}

// drop ends what a set holds of a row, where that is so.
func (m *historyModel) drop(row *modelRow, set string, where func(string) bool) {
	for v, had := range row.vars {
		if had.owner == set && where(v) {
			delete(row.vars, v)
			m.open.dropped(ofAccount[set], v)
		}
	}
}

func (m *historyModel) settleConnection(name string, c *modelConnection) {
	if c.status = m.hindered(name, c.modelObject, m.sources[keysName] == nil); c.status != "" {
		return
	}
	c.status = "Synced"
	_, row := m.rowOf(ofAccount[name])
	was, want := c.compare(), modelBucket{c.bucket, m.sources[keysName].keys[token]}
	have, there := row.conns[name]
	if c.leaves(was, "connection", fmt.Sprint(want), !there) {
		return
	}
	if c.leaves(was, "bucket", c.bucket, there && have.bucket != want.bucket) {
		want.bucket = have.bucket
	}
	row.conns[name] = want
}
