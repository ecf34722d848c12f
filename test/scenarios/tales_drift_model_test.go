package scenarios

import (
	"maps"
	"slices"
)

// looks begins a reconcile of an object that gets as far as the store, and gives what its leaves were remembered by until now.
func (o *toldObject) looks() (was map[string]string) {
	was, o.marks, o.drifted = o.marks, map[string]string{}, nil
	return was
}

// leaves notes what the object wants of a leaf, and reports whether it leaves what another client made of it: the object reports
// drift, and has wanted and had just this before.
func (o *toldObject) leaves(was map[string]string, leaf, wanted string, differs bool) bool {
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

// endsOf is told that an Account goes. What its sets and connections remember of it says nothing of the next.
func (m *toldModel) endsOf(account string) {
	delete(m.accounts, account)
	for name, s := range m.sets {
		if ofAccount[name] == account {
			s.marks = nil
		}
	}
	for name, c := range m.conns {
		if ofAccount[name] == account {
			delete(c.marks, "connection")
		}
	}
}

// putsBack reports whether a set that holds a name has it back at once when a stranger takes it.
func (m *toldModel) putsBack(set, name string) bool {
	if !m.writes(set) || m.sets[set].reports {
		return false
	}
	_, wants := m.wish(set, name)
	return wants
}

// isLeft reports whether a set leaves a name as another client made it.
func (m *toldModel) isLeft(set, name string) bool {
	s := m.sets[set]
	wish, _ := m.wish(set, name)
	_, row := m.rowOf(ofAccount[set])
	return s.reports && s.marks[name] == wish.mark && row.vars[name] != (toldVariable{set, wish.size})
}

// marks are what all sets remember, remembers has them remember that again.
func (m *toldModel) marks() map[string]map[string]string {
	all := make(map[string]map[string]string, len(m.sets))
	for name, s := range m.sets {
		all[name] = maps.Clone(s.marks)
	}
	return all
}

func (m *toldModel) remembers(all map[string]map[string]string) {
	for name, s := range m.sets {
		s.marks = all[name]
	}
}

// hands gives a name to a set in place of another, and has both remember that.
func (m *toldModel) hands(row *toldRow, name, from, to string) {
	if s := m.sets[from]; s != nil {
		delete(s.marks, name)
	}
	wish, _ := m.wish(to, name)
	if s := m.sets[to]; s.reports {
		s.marks[name] = wish.mark
	}
	row.vars[name] = toldVariable{to, wish.size}
}
