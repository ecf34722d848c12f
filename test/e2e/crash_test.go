package e2e_test

import (
	"slices"
	"testing"

	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/account-operator/account-operator/api/v1alpha1"
	"github.com/account-operator/account-operator/test/gate"
	"github.com/account-operator/account-operator/test/manager"
)

// victim is an object during whose life the manager is killed.
type victim struct {
	kind   string
	kinds  string // in the API
	name   string
	needs  func() []client.Object
	object func() object
	row    string // SQL that yields the identity of its live row
	ever   string // SQL that yields all rows that were ever made for it
}

var victims = []victim{
	{
		kind: "Account", kinds: "accounts", name: "alice",
		object: func() object { return account("alice") },
		row:    `SELECT CAST(id AS TEXT) FROM accounts WHERE deleted_at IS NULL`,
		ever:   `SELECT CAST(id AS TEXT) FROM accounts`,
	},
	{
		kind: "EnvVarSet", kinds: "envvarsets", name: "base",
		needs:  func() []client.Object { return []client.Object{account("alice"), secret("hf", "HF_TOKEN")} },
		object: func() object { return envVarSet("base", "alice", "hf", "HF_TOKEN") },
		row:    `SELECT CAST(version AS TEXT) FROM env_vars`, // it moves on with every write
	},
	{
		kind: "CloudConnection", kinds: "cloudconnections", name: "data",
		needs:  func() []client.Object { return []client.Object{account("alice"), credentials("s3")} },
		object: func() object { return connection("data", "alice", "s3") },
		row:    `SELECT id FROM connections`,
	},
}

// patched and said hold a write of the object, or of its status, up.
func (v victim) patched(do gate.Action) gate.Rule {
	return gate.Rule{Verb: "patch", Resource: v.kinds, Name: v.name, Do: do}
}

func (v victim) said(do gate.Action) gate.Rule {
	return gate.Rule{Verb: "update", Resource: v.kinds + "/status", Name: v.name, Do: do}
}

// crash is a moment in which the manager is killed.
type crash struct {
	at       string
	deleting bool
	strikes  func(v victim) gate.Rule
	rows     int // that the store has at this moment
}

var crashes = []crash{
	{
		at:      "finalizer written, answer not read",
		strikes: func(v victim) gate.Rule { return v.patched(gate.HoldAfter) },
	},
	{
		at:      "stored, status not written",
		strikes: func(v victim) gate.Rule { return v.said(gate.HoldBefore) }, rows: 1,
	},
	{
		at:      "status written, answer not read",
		strikes: func(v victim) gate.Rule { return v.said(gate.HoldAfter) }, rows: 1,
	},
	{
		at:      "removed from the store, finalizer still there",
		strikes: func(v victim) gate.Rule { return v.patched(gate.HoldBefore) }, deleting: true,
	},
	{
		at:      "finalizer removed, answer not read",
		strikes: func(v victim) gate.Rule { return v.patched(gate.HoldAfter) }, deleting: true,
	},
}

func TestKill_AtASideEffect_LosesAndDoublesNothing(t *testing.T) {
	onBoth(t, func(t *testing.T, dialect string) {
		for _, v := range victims {
			for _, c := range crashes {
				t.Run(v.kind+"/"+c.at, func(t *testing.T) {
					t.Parallel()
					killed(newScene(t, dialect), v, c)
				})
			}
		}
	})
}

func killed(s *scene, v victim, c crash) {
	// Given a manager that is held up at that moment
	obj := v.object()
	m := s.heldUp(v, c, obj)
	stored := s.column(v.row)
	if len(stored) != c.rows {
		s.Fatalf("void: at this moment the store has the rows %v, not %d", stored, c.rows)
	}

	// When it is killed and another one starts
	m.Kill()
	s.start(s.as("manager"))

	// Then all is as though nothing had happened
	if c.deleting {
		s.isGone(obj)
		s.holds(v.row, 0)
	} else {
		s.becomesReady(obj)
		s.holds(v.row, 1)
	}
	if now := s.column(v.row); c.rows == 1 && !slices.Equal(stored, now) {
		s.Errorf("the store has the row %v, want %v as it was left", now, stored)
	}
	if v.ever != "" {
		s.holds(v.ever, 1)
	}
}

// heldUp starts a manager and lets it work on the object until the fault is
// about to happen.
func (s *scene) heldUp(v victim, c crash, obj object) *manager.Manager {
	s.Helper()
	g := gate.Open(s.T, s.cluster.Config())
	m := s.start(g.Through(s.as("manager")))
	if v.needs != nil {
		s.create(v.needs()...)
		s.becomesReady(&v1alpha1.Account{ObjectMeta: inNamespace("alice", s.ns)})
	}
	begin := func() { s.create(obj) }
	if c.deleting {
		begin()
		s.becomesReady(obj)
		begin = func() { s.delete(obj) }
	}
	held := g.Arm(c.strikes(v))
	begin()
	s.springs(held)
	return m
}

func (s *scene) holds(query string, rows int) {
	s.Helper()
	if got := s.column(query); len(got) != rows {
		s.Errorf("the store has the rows %v, want %d (%s)", got, rows, query)
	}
}
