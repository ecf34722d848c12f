package scenarios

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/google/go-cmp/cmp"
	"k8s.io/apimachinery/pkg/api/meta"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/account-operator/account-operator/api/v1alpha1"
	"github.com/account-operator/account-operator/internal/controller/object"
	"github.com/account-operator/account-operator/internal/controller/status"
)

// observation is what there is of all the histories of a run, in the lines of their models.
type observation struct {
	lines map[string][]string // by history
	held  map[string]map[variableKey]modelVariable
	names map[string]string // of the objects that are there, by UID: those that rows may name
}

// observe reads all objects and all rows.
func (s *run) observe() *observation {
	s.Helper()
	at := &observation{lines: map[string][]string{}, held: map[string]map[variableKey]modelVariable{}, names: map[string]string{}}
	var accounts v1alpha1.AccountList
	var sets v1alpha1.EnvVarSetList
	var conns v1alpha1.CloudConnectionList
	for _, list := range []client.ObjectList{&accounts, &sets, &conns} {
		s.must(s.api.List(context.Background(), list, client.InNamespace(s.ns)))
	}
	for i := range accounts.Items {
		at.account(&accounts.Items[i])
	}
	for i := range sets.Items {
		at.set(&sets.Items[i])
	}
	for i := range conns.Items {
		at.add("connection", &conns.Items[i], statusOf(&conns.Items[i]))
	}
	at.rows(s)
	at.things(s)
	for history := range at.lines {
		slices.Sort(at.lines[history])
	}
	return at
}

// historyOf takes a name apart: that of the history, and what the history calls the object.
func historyOf(name string) (history, part string) {
	history, part, _ = strings.Cut(name, "-")
	return history, part
}

func (f *observation) add(kind string, o object.Object, line string) {
	history, name := historyOf(o.GetName())
	f.names[string(o.GetUID())] = name
	f.lines[history] = append(f.lines[history], kind+" "+name+": "+line)
}

// statusOf is a status that speaks of the object as it is.
func statusOf(o object.Object) string {
	now := o.CommonStatus()
	if now.ObservedGeneration == -1 {
		return "it was not observed"
	}
	for _, c := range now.Conditions {
		if c.ObservedGeneration != o.GetGeneration() && c.Type == v1alpha1.ConditionReady {
			return "its status is of another generation"
		}
	}
	if meta.IsStatusConditionTrue(now.Conditions, v1alpha1.ConditionDrifted) != (len(now.Drifted) > 0) {
		return "its condition Drifted does not agree with what it names"
	}
	reason, _ := status.ReadyReason(o)
	return statusLine(meta.IsStatusConditionTrue(now.Conditions, v1alpha1.ConditionSuspended), reason, now.Drifted)
}

func (f *observation) account(a *v1alpha1.Account) {
	line := statusOf(a)
	if strings.HasPrefix(line, "Synced") {
		theme := ""
		if a.Status.Settings != nil {
			theme = string(a.Status.Settings.Theme)
		}
		_, address := historyOf(a.Status.Email)
		line += accountDetails(address, theme, number(a.Status.EnvVarCount), number(a.Status.CloudConnectionCount))
	}
	if line == "DeletionBlocked" {
		found := map[string]int{}
		for _, b := range a.Status.DeletionBlockers {
			found[b.Kind] = int(b.Count)
		}
		line += blockersLine(found)
	}
	f.add("account", a, line)
}

// number is a count of status. One that is left out says that there was none yet.
func number(n *int32) int {
	if n == nil {
		return 0
	}
	return int(*n)
}

func (f *observation) set(e *v1alpha1.EnvVarSet) {
	if e.Spec.AccountSelector != nil {
		f.add("set", e, teamStatus(e))
		return
	}
	line := statusOf(e)
	if strings.HasPrefix(line, "Synced") || strings.HasPrefix(line, "NameConflict") {
		var others []string
		for _, c := range e.Status.Conflicts {
			_, holder := historyOf(c.Holder)
			others = append(others, c.Name+" of "+holder)
		}
		line += setDetails(e.Status.Names, others)
	}
	f.add("set", e, line)
}

// rows takes in what the store has. A sealed value is as much longer as what it seals.
func (f *observation) rows(s *run) {
	s.Helper()
	places := map[int64]string{}
	s.each(func(rows scanner) (err error) {
		var id int64
		var email, uid, theme string
		err = rows.Scan(&id, &email, &uid, &theme)
		places[id] = email
		history, address := historyOf(email)
		f.lines[history] = append(f.lines[history], rowLine(address, f.nameOf(uid), theme))
		return err
	}, `SELECT id, email, coalesce(uid, ''), theme FROM accounts WHERE deleted_at IS NULL`)
	s.each(func(rows scanner) error {
		var id int64
		var name, uid string
		var size int
		err := rows.Scan(&id, &name, &uid, &size)
		f.variable(places[id], name, modelVariable{f.nameOf(uid), size - s.sealedValue})
		return err
	}, `SELECT account_id, name, coalesce(owner_uid, ''), length(value) FROM env_vars`)
	s.each(func(rows scanner) error {
		var id int64
		var uid, bucket string
		var size int
		err := rows.Scan(&id, &uid, &bucket, &size)
		history, address := historyOf(places[id])
		line := givenLine(address)
		if uid != "" {
			line = connectionLine(address, f.nameOf(uid), bucket, (size-s.sealedKeys)/4)
		}
		f.lines[history] = append(f.lines[history], line)
		return err
	}, `SELECT account_id, coalesce(uid, ''), bucket, length(credentials) FROM connections`)
}

// things takes in what runs in accounts and in their teams.
func (f *observation) things(s *run) {
	s.Helper()
	s.each(func(row scanner) error {
		var email, id string
		err := row.Scan(&email, &id)
		history, address := historyOf(email)
		f.lines[history] = append(f.lines[history], teamLine(address, id))
		return err
	}, `SELECT a.email, t.id FROM teams t JOIN accounts a ON a.id = t.owner_id`)
	s.each(func(row scanner) error {
		var email, id, kind, team string
		err := row.Scan(&email, &id, &kind, &team)
		history, address := historyOf(email)
		f.lines[history] = append(f.lines[history], thingLine(address, id, kind, team))
		return err
	}, `SELECT a.email, d.id, d.kind, coalesce(d.team_id, '') FROM dependents d JOIN accounts a ON a.id = d.holder_id`)
}

func (f *observation) variable(place, name string, v modelVariable) {
	history, address := historyOf(place)
	f.lines[history] = append(f.lines[history], variableLine(address, name, v.owner, v.size))
	if f.held[history] == nil {
		f.held[history] = map[variableKey]modelVariable{}
	}
	f.held[history][variableKey{address, name}] = v
}

// nameOf is that of the object which a row names. One that is not there has no name.
func (f *observation) nameOf(uid string) string {
	if name, there := f.names[uid]; there || uid == "" {
		return name
	}
	return "an object that is gone"
}

// scanner is one row.
type scanner interface{ Scan(into ...any) error }

// each calls do with every row that the query gives.
func (s *run) each(do func(scanner) error, query string) {
	s.Helper()
	rows, err := s.db.QueryContext(s.Context(), query)
	s.must(err)
	defer func() { _ = rows.Close() }()
	for rows.Next() {
		s.must(do(rows))
	}
	s.must(rows.Err())
}

// differs shows how what was seen is unlike the model, which takes from it what only the order of reconciles decided, where that
// makes them alike: what is seen before all was dealt with need not last.
func (t *history) differs(at *observation) string {
	rows, marks, open := rowsLike(t.model.rows), t.model.marks(), t.model.open.clone()
	for key, v := range at.held[t.name] {
		if row := t.model.rows[key.account]; row != nil && row.holder != "" {
			t.model.takes(variableKey{row.holder, key.name}, v)
		}
	}
	t.model.settle()
	diff := cmp.Diff(t.model.lines(), at.lines[t.name])
	if diff == "" {
		return ""
	}
	t.model.rows, t.model.open = rows, open
	t.model.remembers(marks)
	t.model.settle()
	return fmt.Sprintf("what there is is not as it has to be (-want +got):\n%s", diff)
}
