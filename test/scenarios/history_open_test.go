package scenarios

import "maps"

// openEnds are what the order of reconciles decides, and a model cannot foretell: of several sets that want a name, which has
// it; and whether a name that had no owner, wanted and given up again, was ever taken. What was found when all was as it has
// to be is certain from then on.
type openEnds struct {
	holders map[variableKey]string          // certain, and not given up since
	wanted  map[variableKey]map[string]bool // by which sets, since then
	loose   map[variableKey]int             // how long the value of a name is that may have no owner still
}

type variableKey struct{ account, name string }

func newOpenEnds() openEnds {
	return openEnds{map[variableKey]string{}, map[variableKey]map[string]bool{}, map[variableKey]int{}}
}

func (o openEnds) clone() openEnds {
	like := openEnds{maps.Clone(o.holders), make(map[variableKey]map[string]bool, len(o.wanted)), maps.Clone(o.loose)}
	for key, sets := range o.wanted {
		like.wanted[key] = maps.Clone(sets)
	}
	return like
}

func (o openEnds) wants(account, name, set string) {
	key := variableKey{account, name}
	if o.wanted[key] == nil {
		o.wanted[key] = map[string]bool{}
	}
	o.wanted[key][set] = true
}

func (o openEnds) dropped(account, name string) { delete(o.holders, variableKey{account, name}) }

func (o openEnds) adopts(account, name string, size int) { o.loose[variableKey{account, name}] = size }

// forget is for an account whose row is gone with all in it.
func (o openEnds) forget(account string) {
	for key := range o.holders {
		if key.account == account {
			delete(o.holders, key)
		}
	}
	for key := range o.loose {
		if key.account == account {
			delete(o.loose, key)
		}
	}
}

// isOpen reports whether any set that wants the name may have it.
func (m *historyModel) isOpen(key variableKey, holder string) bool {
	return len(m.open.wanted[key]) > 1 && (holder == "" || m.open.holders[key] != holder)
}

// takes accepts a right end that was found: a set that holds a name, or none.
func (m *historyModel) takes(key variableKey, found modelVariable) {
	_, row := m.rowOf(key.account)
	if row == nil {
		return
	}
	if found.owner == teamName {
		found.owner += key.account
	}
	had, there := row.vars[key.name]
	if loose, is := m.open.loose[key]; !there && is && found == (modelVariable{"", loose}) {
		row.vars[key.name] = found
		return
	}
	if there && m.isOpen(key, had.owner) && m.mayHave(found.owner, key) {
		m.hands(row, key.name, had.owner, found.owner)
	}
}

// mayHave reports whether a set wants the name, and is written.
func (m *historyModel) mayHave(set string, key variableKey) bool {
	if !m.writes(set) || ofAccount[set] != key.account {
		return false
	}
	_, wants := m.desired(set, key.name)
	return wants && !m.isLeft(set, key.name)
}

// isCertain is called when all was found as it has to be.
func (m *historyModel) isCertain() {
	m.open = newOpenEnds()
	for _, r := range m.rows {
		for name, v := range r.vars {
			if v.owner != "" {
				m.open.holders[variableKey{ofAccount[v.owner], name}] = v.owner
			}
		}
	}
	m.settle()
}
