package scenarios

import (
	"maps"
	"slices"
)

// compare begins a reconcile of an object that gets as far as the store, and gives what its leaves were remembered by until now.
func (o *modelObject) compare() (was map[string]string) {
	was, o.marks, o.drifted = o.marks, map[string]string{}, nil
	return was
}

// leaves notes what the object wants of a leaf, and reports whether it leaves what another client made of it: the object reports
// drift, and has wanted and had just this before.
func (o *modelObject) leaves(was map[string]string, leaf, wanted string, differs bool) bool {
	if !o.reports {
		return false
	}
	o.marks[leaf] = wanted
	if !differs || was[leaf] != wanted {
		return false
	}
	o.drifted = append(o.drifted, leaf)
	slices.Sort(o.drifted)
	return true
}

// endsOf notes that an Account goes. What its sets and connections remember of it says nothing of the next. The team's set remembers what
// is in the row.
func (m *historyModel) endsOf(account string) {
	delete(m.accounts, account)
	for name, s := range m.sets {
		if ofAccount[name] == account && !isPair(name) {
			s.marks = nil
		}
	}
	for name, c := range m.conns {
		if ofAccount[name] == account {
			delete(c.marks, "connection")
		}
	}
}

// putsBack reports whether a set that holds a name has it back at once when another client takes it.
func (m *historyModel) putsBack(set, name string) bool {
	if !m.writes(set) || m.sets[set].reports {
		return false
	}
	_, wants := m.desired(set, name)
	return wants
}

// isLeft reports whether a set leaves a name as another client made it.
func (m *historyModel) isLeft(set, name string) bool {
	s := m.sets[set]
	want, _ := m.desired(set, name)
	_, row := m.rowOf(ofAccount[set])
	return s.reports && s.marks[name] == want.mark && row.vars[name] != (modelVariable{set, want.size})
}

// marks are what all sets remember, remembers has them remember that again.
func (m *historyModel) marks() map[string]map[string]string {
	all := make(map[string]map[string]string, len(m.sets))
	for name, s := range m.sets {
		all[name] = maps.Clone(s.marks)
	}
	return all
}

func (m *historyModel) remembers(all map[string]map[string]string) {
	for name, s := range m.sets {
		s.marks = all[name]
	}
}

// hands gives a name to a set in place of another, and has both remember that.
func (m *historyModel) hands(row *modelRow, name, from, to string) {
	if s := m.sets[from]; s != nil {
		delete(s.marks, name)
	}
	want, _ := m.desired(to, name)
	if s := m.sets[to]; s.reports {
		s.marks[name] = want.mark
	}
	row.vars[name] = modelVariable{to, want.size}
}
