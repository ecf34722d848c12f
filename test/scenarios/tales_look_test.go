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

// sight is what there is of all the tales of a saga, in the lines of their models.
type sight struct {
	lines map[string][]string // by tale
	held  map[string]map[variableKey]toldVariable
	names map[string]string // of the objects that are there, by UID: those that rows may name
}

// look reads all objects and all rows.
func (s *saga) look() *sight {
	s.Helper()
	at := &sight{lines: map[string][]string{}, held: map[string]map[variableKey]toldVariable{}, names: map[string]string{}}
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
	for tale := range at.lines {
		slices.Sort(at.lines[tale])
	}
	return at
}

// taleOf takes a name apart: that of the tale, and what the tale calls the object.
func taleOf(name string) (tale, part string) {
	tale, part, _ = strings.Cut(name, "-")
	return tale, part
}

func (f *sight) add(kind string, o object.Object, line string) {
	tale, name := taleOf(o.GetName())
	f.names[string(o.GetUID())] = name
	f.lines[tale] = append(f.lines[tale], kind+" "+name+": "+line)
}

// statusOf is a status that speaks of the object as it is.
func statusOf(o object.Object) string {
	now := o.CommonStatus()
	if now.ObservedGeneration == -1 {
		return "nobody has seen it"
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

func (f *sight) account(a *v1alpha1.Account) {
	line := statusOf(a)
	if strings.HasPrefix(line, "Synced") {
		theme := ""
		if a.Status.Settings != nil {
			theme = string(a.Status.Settings.Theme)
		}
		_, address := taleOf(a.Status.Email)
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

func (f *sight) set(e *v1alpha1.EnvVarSet) {
	line := statusOf(e)
	if strings.HasPrefix(line, "Synced") || strings.HasPrefix(line, "NameConflict") {
		var others []string
		for _, c := range e.Status.Conflicts {
			_, holder := taleOf(c.Holder)
			others = append(others, c.Name+" of "+holder)
		}
		line += setDetails(e.Status.Names, others)
	}
	f.add("set", e, line)
}

// rows takes in what the store has. A sealed value is as much longer as what it seals.
func (f *sight) rows(s *saga) {
	s.Helper()
	places := map[int64]string{}
	s.each(func(rows scanner) (err error) {
		var id int64
		var email, uid, theme string
		err = rows.Scan(&id, &email, &uid, &theme)
		places[id] = email
		tale, address := taleOf(email)
		f.lines[tale] = append(f.lines[tale], rowLine(address, f.nameOf(uid), theme))
		return err
	}, `SELECT id, email, coalesce(uid, ''), theme FROM accounts WHERE deleted_at IS NULL`)
	s.each(func(rows scanner) error {
		var id int64
		var name, uid string
		var size int
		err := rows.Scan(&id, &name, &uid, &size)
		f.variable(places[id], name, toldVariable{f.nameOf(uid), size - s.sealedValue})
		return err
	}, `SELECT account_id, name, coalesce(owner_uid, ''), length(value) FROM env_vars`)
	s.each(func(rows scanner) error {
		var id int64
		var uid, bucket string
		var size int
		err := rows.Scan(&id, &uid, &bucket, &size)
		tale, address := taleOf(places[id])
		line := givenLine(address)
		if uid != "" {
			line = connectionLine(address, f.nameOf(uid), bucket, (size-s.sealedKeys)/4)
		}
		f.lines[tale] = append(f.lines[tale], line)
		return err
	}, `SELECT account_id, coalesce(uid, ''), bucket, length(credentials) FROM connections`)
}

// things takes in what runs in accounts and in their teams.
func (f *sight) things(s *saga) {
	s.Helper()
	s.each(func(row scanner) error {
		var email, id string
		err := row.Scan(&email, &id)
		tale, address := taleOf(email)
		f.lines[tale] = append(f.lines[tale], teamLine(address, id))
		return err
	}, `SELECT a.email, t.id FROM teams t JOIN accounts a ON a.id = t.owner_id`)
	s.each(func(row scanner) error {
		var email, id, kind, team string
		err := row.Scan(&email, &id, &kind, &team)
		tale, address := taleOf(email)
		f.lines[tale] = append(f.lines[tale], thingLine(address, id, kind, team))
		return err
	}, `SELECT a.email, d.id, d.kind, coalesce(d.team_id, '') FROM dependents d JOIN accounts a ON a.id = d.holder_id`)
}

func (f *sight) variable(place, name string, v toldVariable) {
	tale, address := taleOf(place)
	f.lines[tale] = append(f.lines[tale], variableLine(address, name, v.owner, v.size))
	if f.held[tale] == nil {
		f.held[tale] = map[variableKey]toldVariable{}
	}
	f.held[tale][variableKey{address, name}] = v
}

// nameOf is that of the object which a row names. One that is not there has no name.
func (f *sight) nameOf(uid string) string {
	if name, there := f.names[uid]; there || uid == "" {
		return name
	}
	return "an object that is gone"
}

// scanner is one row.
type scanner interface{ Scan(into ...any) error }

// each calls do with every row that the query gives.
func (s *saga) each(do func(scanner) error, query string) {
	s.Helper()
	rows, err := s.db.QueryContext(s.Context(), query)
	s.must(err)
	defer func() { _ = rows.Close() }()
	for rows.Next() {
		s.must(do(rows))
	}
	s.must(rows.Err())
}

// differs tells how what was seen is unlike the model, which takes from it what only the order of reconciles decided, where that
// makes them alike: what is seen before all was dealt with need not last.
func (t *tale) differs(at *sight) string {
	rows, marks, open := rowsLike(t.told.rows), t.told.marks(), t.told.open.clone()
	for key, v := range at.held[t.name] {
		if row := t.told.rows[key.account]; row != nil && row.holder != "" {
			t.told.takes(variableKey{row.holder, key.name}, v)
		}
	}
	t.told.settle()
	diff := cmp.Diff(t.told.lines(), at.lines[t.name])
	if diff == "" {
		return ""
	}
	t.told.rows, t.told.open = rows, open
	t.told.remembers(marks)
	t.told.settle()
	return fmt.Sprintf("what there is is not as it has to be (-want +got):\n%s", diff)
}
