package storetest

import (
	"errors"
	"fmt"
	"strings"
	"sync"

	"github.com/account-operator/account-operator/internal/store"
)

// The whole of what can meet a deletion: which kind, how many, whose, and when it comes.
var teamsMatrix = func() (all []promise) {
	for _, when := range []string{"before", "during", "after"} {
		for _, whose := range []string{"the account's", "an owned team's that is handed over", "an owned team's that goes along", "another's team's"} {
			all = append(all, promise{
				"Teams/every dependent that is " + whose + " and comes " + when + " the check", func(s *scene) { s.meetings(whose, when) },
			})
		}
	}
	return all
}()

// meeting is a deletion of one account, and dependents that come to it.
type meeting struct {
	*scene

	claim, heir store.Claim
	how         store.Deletion
	table       string
	many        int
	// goes says that the dependents would be left without an account.
	goes bool
	// column and holder say where the dependents come to.
	column string
	holder any
}

func (s *scene) meetings(whose, when string) {
	for _, table := range dependentTables {
		for _, many := range []int{0, 1, 12} {
			met := s.isCase("G5", fmt.Sprintf("%d %s, %s", many, table, whose), "come "+when+" the check")
			m := s.meeting(fmt.Sprintf("%s-%d", table, many), whose)
			m.table, m.many = table, many
			map[string]func(){"before": m.before, "during": m.during, "after": m.after}[when]()
			m.ends()
			met.Add(1)
		}
	}
	s.noOrphans()
}

func (s *scene) meeting(name, whose string) *meeting {
	m := &meeting{scene: s, claim: account("a-" + name), heir: account("b-" + name)}
	id := s.put(m.claim).ID
	s.put(m.heir)
	m.column, m.holder = "team_id", "t-"+name
	switch whose {
	case "the account's":
		m.goes, m.column, m.holder = true, "account_id", atoi(id)
	case "an owned team's that goes along":
		m.goes = true
		s.team("t-"+name, m.claim.Name, m.heir.Name)
	case "an owned team's that is handed over":
		m.how.TransferTeamsTo = m.heir
		s.team("t-"+name, m.claim.Name, m.heir.Name)
	default:
		s.team("t-"+name, m.heir.Name, m.claim.Name)
	}
	return m
}

// come inserts all dependents in one statement.
func (m *meeting) come() error {
	if m.many == 0 {
		return nil
	}
	var rows []string
	for n := range m.many {
		rows = append(rows, fmt.Sprintf("('%s-%02d', $1)", m.claim.Name, n))
	}
	return m.SQL(`INSERT INTO `+m.table+` (id, `+m.column+`) VALUES `+strings.Join(rows, ", "), m.holder)
}

func (m *meeting) delete() error {
	return m.insist(func() error { return m.fenced.DeleteAccount(m.ctx, m.claim, m.how) })
}

func (m *meeting) before() {
	m.must(m.come())
	m.deleted(m.delete(), m.goes && m.many > 0)
}

func (m *meeting) during() {
	var group sync.WaitGroup
	var deletion, coming error
	group.Go(func() { deletion = m.delete() })
	group.Go(func() { coming = m.come() })
	group.Wait()
	if !m.goes || m.many == 0 {
		m.must(errors.Join(deletion, coming))
		return
	}
	if (deletion == nil) == (coming == nil) {
		m.Errorf("%s: deletion %v, dependents %v", m.claim.Name, deletion, coming)
	}
	m.deleted(deletion, coming == nil)
}

func (m *meeting) after() {
	m.deleted(m.delete(), false)
	if err := m.come(); (err != nil) != (m.goes && m.many > 0) {
		m.Errorf("%s: dependents %v", m.claim.Name, err)
	}
}

// deleted judges the deletion's answer. One that is blocked goes on when the dependents are gone.
func (m *meeting) deleted(err error, blocked bool) {
	m.Helper()
	got := (*store.BlockedError)(nil)
	if errors.As(err, &got) != blocked {
		m.Fatalf("%s: got %v", m.claim.Name, err)
	}
	if !blocked {
		m.must(err)
		return
	}
	if b := got.Blockers[0]; b.Count != m.many || (b.InTeams > 0) != (m.column == "team_id") || len(b.IDs) != min(m.many, store.MaxBlockerIDs) {
		m.Errorf("%s: got %+v", m.claim.Name, b)
	}
	l := m.listen(m.fenced)
	m.foreign(`DELETE FROM ` + m.table)
	l.hearsAtLast(m.claim)
	l.stop()
	m.must(m.delete())
}

// ends looks at what is left: nothing of the account's, and all of the heir's.
func (m *meeting) ends() {
	m.Helper()
	if _, err := m.fenced.Account(m.ctx, m.claim); !errors.Is(err, store.ErrNotFound) {
		m.Errorf("%s: got %v", m.claim.Name, err)
	}
	want := "0"
	if m.column == "team_id" && !m.goes {
		want = "1"
	}
	if n := m.count(`SELECT count(*) FROM teams t JOIN accounts a ON a.id = t.owner_id WHERE t.id = $1 AND a.name = $2`,
		fmt.Sprint(m.holder), m.heir.Name); n != want {
		m.Errorf("%s: the heir has %s teams", m.claim.Name, n)
	}
	if n := m.count(`SELECT count(*) FROM team_members WHERE team_id = $1`, fmt.Sprint(m.holder)); n != "0" {
		m.Errorf("%s: %s members", m.claim.Name, n)
	}
}
