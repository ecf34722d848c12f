package e2e_test

import (
	"context"
	"syscall"
	"testing"
	"time"

	"k8s.io/client-go/rest"

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
	return s.start(access, s.elected()...)
}

// term is how long a Lease holds here that is not renewed.
const term = 4 * time.Second

func (s *scene) elected() []string {
	return []string{
		"--leader-elect", "--leader-elect-namespace=" + s.ns, "--leader-elect-lease-duration=" + term.String(),
		"--leader-elect-renew-deadline=3s", "--leader-elect-retry-period=250ms",
	}
}

func TestLeader_OvertakenWithoutElection_IsFencedOff(t *testing.T) {
	t.Parallel()
	s := newScene(t, postgreSQL)
	alone := func(access *rest.Config) *manager.Manager { return s.start(access) }

	// Given a manager that knows of no other, between reading a value and storing it
	h := midway(s, alone, reading)

	// When another one starts on the same store
	alone(s.as("new"))
	s.becomesReady(h.set)

	// Then the store itself refuses the first one
	h.writesNothing(func() {}, fenced)
}

func TestLeader_Stops_HandsOverAtOnce(t *testing.T) {
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
