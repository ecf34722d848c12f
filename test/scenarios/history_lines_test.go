package scenarios

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// lines say what there has to be, as observations say what there is.
func (m *historyModel) lines() (all []string) {
	for name, a := range m.accounts {
		all = append(all, "account "+name+": "+m.accountLine(name, a))
	}
	all = append(all, m.setLines()...)
	for name, c := range m.conns {
		all = append(all, "connection "+name+": "+statusLine(c.suspended, c.status, c.drifted))
	}
	for address, r := range m.rows {
		all = append(all, rowLine(address, r.holder, r.theme))
		for v, of := range r.vars {
			all = append(all, variableLine(address, v, setOf(of.owner), of.size))
		}
		for c, of := range r.conns {
			all = append(all, connectionLine(address, c, of.bucket, of.size))
		}
		all = append(all, slices.Repeat([]string{givenLine(address)}, r.given)...)
		for id := range r.teams {
			all = append(all, teamLine(address, id))
		}
		for id, o := range r.things {
			all = append(all, thingLine(address, id, o.kind, o.team))
		}
	}
	slices.Sort(all)
	return all
}

func (m *historyModel) setLines() (all []string) {
	for name, s := range m.sets {
		if !isPair(name) {
			all = append(all, "set "+name+": "+m.setLine(name, s))
		}
	}
	if m.team != nil {
		all = append(all, "set "+teamName+": "+m.teamLine())
	}
	return all
}

func (m *historyModel) accountLine(name string, a *modelAccount) string {
	line := statusLine(a.suspended, a.status, a.drifted)
	_, row := m.rowOf(name)
	if a.status == "DeletionBlocked" {
		line += blockersLine(row.inTheWay(a.heir != ""))
	}
	if !a.suspended && a.status == "Synced" {
		line += accountDetails(a.address, row.theme, len(row.vars), len(row.conns)+row.given)
	}
	return line
}

func (m *historyModel) setLine(name string, s *modelSet) string {
	if s.foreign {
		return "it was not observed"
	}
	line := statusLine(s.suspended, s.status, s.drifted)
	if s.suspended || s.status != "Synced" && s.status != "NameConflict" {
		return line
	}
	_, row := m.rowOf(ofAccount[name])
	var held, others []string
	want, _ := m.desiredVars(s)
	for _, v := range slices.Sorted(maps.Keys(want)) {
		if owner := row.vars[v].owner; owner == name {
			held = append(held, v)
		} else if !slices.Contains(s.drifted, v) {
			others = append(others, v+" of "+setOf(owner))
		}
	}
	return line + setDetails(held, others)
}

// The lines of the model and of reality are made here, so that they differ in nothing but what they say. Values are known by
// their length.

// statusLine has what drifted only where a reconcile got as far as the store: else what it says is of some reconcile before.
func statusLine(suspended bool, reason string, drifted []string) string {
	line := reason
	if suspended {
		line = "suspended, " + reason
	}
	if len(drifted) > 0 && (reason == "Synced" || reason == "NameConflict") {
		line += " but for [" + strings.Join(drifted, " ") + "]"
	}
	return line
}

func accountDetails(address, theme string, variables, connections int) string {
	return fmt.Sprintf(" at %s, theme %s, %d variables, %d connections", address, theme, variables, connections)
}

func setDetails(held, others []string) string {
	return " holds [" + strings.Join(held, " ") + "], not [" + strings.Join(others, ", ") + "]"
}

func rowLine(address, holder, theme string) string {
	return fmt.Sprintf("row %s: of %q, theme %s", address, holder, theme)
}

func variableLine(address, name, owner string, size int) string {
	return fmt.Sprintf("row %s variable %s: of %q, %d bytes", address, name, owner, size)
}

func connectionLine(address, name, bucket string, size int) string {
	return fmt.Sprintf("row %s connection %s: bucket %s, %d bytes", address, name, bucket, size)
}

func givenLine(address string) string { return "row " + address + " connection of nobody" }
