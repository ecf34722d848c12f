package e2e_test

import (
	"context"
	"slices"
	"syscall"
	"testing"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/client-go/rest"

	"github.com/account-operator/account-operator/test/cluster"
	"github.com/account-operator/account-operator/test/gate"
	"github.com/account-operator/account-operator/test/manager"
)

// Exit codes of a manager that another one has replaced.
const (
	lostLease = 3
	fenced    = 4
)

// candidate starts a manager that works only while it holds the Lease, which
// is short here.
func (s *scene) candidate(access *rest.Config) *manager.Manager {
	s.Helper()
	return s.start(access, "--leader-elect", "--leader-elect-namespace="+s.ns, "--leader-elect-lease-duration=2s",
		"--leader-elect-renew-deadline=1500ms", "--leader-elect-retry-period=250ms")
}

// handover is a set of variables that one manager is about to store, with a
// value that is outdated by then, while another one takes over.
type handover struct {
	*scene
	old  *manager.Manager
	set  object
	held *gate.Fault // the answer with the outdated value, on its way to the old one
}

// midway lets the old manager work until it waits for the value.
func midway(s *scene, start func(*rest.Config) *manager.Manager) *handover {
	s.Helper()
	h := &handover{scene: s, set: envVarSet("base", "alice", "hf", "HF_TOKEN")}
	g := gate.Open(s.T, s.cluster.Config())
	h.old = start(g.Through(s.as("old")))
	alice := account("alice")
	s.create(alice, secret("hf", "HF_TOKEN"))
	s.becomesReady(alice)

	h.held = g.Arm(gate.Rule{Verb: "get", Resource: "secrets", Name: "hf", Do: gate.HoldAfter})
	s.create(h.set)
	s.springs(h.held)
	change(s, &corev1.Secret{ObjectMeta: inNamespace("hf", s.ns)}, func(o *corev1.Secret) {
		o.Data["HF_TOKEN"] = []byte(canary + "rotated")
	})
	return h
}

// writesNothing lets the old manager go on with the outdated value, and checks
// that it ends with one of the codes and that no write of it lands anywhere.
func (h *handover) writesNothing(goOn func(), codes ...int) {
	h.Helper()
	stored, mark := h.column(writes), h.cluster.Audit.Mark()

	h.held.Release()
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

func TestALeaderThatFrozeAndThawsWritesNothing(t *testing.T) {
	t.Parallel()
	s := newScene(t, postgreSQL)

	// Given a leader that is frozen between reading a value and storing it
	h := midway(s, s.candidate)
	s.candidate(s.as("new"))
	s.must(h.old.Signal(syscall.SIGSTOP))

	// When its Lease runs out, another one takes over and does the work
	s.becomesReady(h.set)

	// Then the old one goes as soon as it thaws
	h.writesNothing(func() { s.must(h.old.Signal(syscall.SIGCONT)) }, lostLease, fenced)
}

func TestAManagerThatIsOvertakenWithoutElectionIsFencedOff(t *testing.T) {
	t.Parallel()
	s := newScene(t, postgreSQL)
	alone := func(access *rest.Config) *manager.Manager { return s.start(access) }

	// Given a manager that knows of no other, between reading a value and storing it
	h := midway(s, alone)

	// When another one starts on the same store
	alone(s.as("new"))
	s.becomesReady(h.set)

	// Then the store itself refuses the first one
	h.writesNothing(func() {}, fenced)
}

func TestALeaderThatStopsHandsOverAtOnce(t *testing.T) {
	t.Parallel()
	s := newScene(t, postgreSQL)
	old := s.candidate(s.as("old"))
	alice := account("alice")
	s.create(alice)
	s.becomesReady(alice)
	s.candidate(s.as("new"))

	s.must(old.Signal(syscall.SIGTERM))
	ctx, cancel := context.WithTimeout(s.Context(), goodbye)
	defer cancel()
	if code, err := old.ExitCode(ctx); err != nil || code != 0 {
		t.Errorf("exit code %d (%v), want 0", code, err)
	}
	bob := account("bob")
	s.create(bob)
	s.becomesReady(bob)
}
