package e2e_test

import (
	"context"
	"slices"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/client-go/rest"

	"github.com/account-operator/account-operator/test/cluster"
	"github.com/account-operator/account-operator/test/gate"
	"github.com/account-operator/account-operator/test/manager"
)

// handover is a set of variables that one manager is about to store, with a value that is outdated by then, while another
// one takes over.
type handover struct {
	*scene
	old  *manager.Manager
	gate *gate.Gate // before the old one
	set  object

	frozen func() // what goes on as soon as the old manager is frozen
	goOn   func() // what reaches it, or leaves it, when it goes on
}

// moment is where in its write the old manager is. Its function creates the set and returns when the manager is there.
type moment struct {
	at    string
	catch func(h *handover)
}

var reading = moment{"between reading a value and storing it", func(h *handover) {
	held := h.gate.Arm(gate.Rule{Verb: "get", Resource: "secrets", Name: "hf", Do: gate.HoldAfter})
	h.create(h.set)
	h.springs(held)
	h.goOn = held.Release
}}

var telling = moment{"between storing a value and saying so", func(h *handover) {
	held := h.gate.Arm(gate.Rule{Verb: "update", Resource: "envvarsets/status", Name: "base", Do: gate.HoldBefore})
	h.create(h.set)
	h.springs(held)
	h.goOn = held.Release
}}

// storing holds the account's row until the manager is frozen; the transaction then goes on without it, up to where it
// waits for the manager.
var storing = moment{"within a transaction", func(h *handover) {
	db := h.open()
	h.Cleanup(func() { _ = db.Close() })
	foreign, err := db.BeginTx(h.Context(), nil)
	h.must(err)
	_, err = foreign.ExecContext(h.Context(), `SELECT 1 FROM accounts FOR UPDATE`)
	h.must(err)
	h.create(h.set)
	h.eventually(func(context.Context) string {
		if len(h.column(`SELECT '' FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`)) == 0 {
			return "void: no transaction waits for the account"
		}
		return ""
	})
	h.frozen = func() { h.must(foreign.Rollback()) }
}}

// midway lets the old manager work up to the moment, and then changes the value that it read.
func midway(s *scene, start func(*rest.Config) *manager.Manager, m moment) *handover {
	s.Helper()
	h := &handover{scene: s, gate: gate.Open(s.T, s.cluster.Config()), set: envVarSet("base", "alice", "hf", "HF_TOKEN")}
	h.frozen, h.goOn = func() {}, func() {}
	h.old = start(h.gate.Through(s.as("old")))
	alice := account("alice")
	s.create(alice, secret("hf", "HF_TOKEN"))
	s.becomesReady(alice)
	s.hears(alice)
	m.catch(h)
	change(s, &corev1.Secret{ObjectMeta: inNamespace("hf", s.ns)}, func(o *corev1.Secret) {
		o.Data["HF_TOKEN"] = []byte(canary + "rotated")
	})
	return h
}

// writesNothing lets the old manager go on with the outdated value, and checks that it ends with one of the codes and that
// no write of it lands anywhere.
func (h *handover) writesNothing(goOn func(), codes ...int) {
	h.Helper()
	stored, mark := h.column(writes), h.cluster.Audit.Mark()

	h.goOn()
	goOn()

	ctx, cancel := context.WithTimeout(h.Context(), soon)
	defer cancel()
	code, err := h.old.ExitCode(ctx)
	h.must(err)
	if !slices.Contains(codes, code) {
		h.Errorf("exit code %d, want one of %v", code, codes)
	}
	if now := h.column(writes); !slices.Equal(stored, now) {
		h.Errorf("the store was written: %v, before %v", now, stored)
	}
	landed, err := h.cluster.Audit.Since(mark, cluster.ByUser("old-of-"+h.ns), cluster.Writes, succeeded)
	h.must(err)
	if len(landed) != 0 {
		h.Errorf("the old manager wrote to the API server: %v", cluster.Count(landed))
	}
	h.holds(`SELECT CAST(id AS TEXT) FROM accounts`, 1)
	h.holds(`SELECT name FROM env_vars`, 1)
}

// writes is each write that the store knows of, and the version of each value.
const writes = `SELECT CAST(id AS TEXT) FROM audit UNION ALL SELECT CAST(version AS TEXT) FROM env_vars ORDER BY 1`

func succeeded(r cluster.Request) bool { return r.Code < 300 }
