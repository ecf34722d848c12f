package e2e_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"syscall"
	"testing"
	"time"

	eventsv1 "k8s.io/api/events/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/account-operator/account-operator/test/cluster"
	"github.com/account-operator/account-operator/test/fault"
	longform "github.com/account-operator/account-operator/test/long"
	"github.com/account-operator/account-operator/test/manager"
)

// defaultTerm is how long a Lease holds where the flags do not say.
const defaultTerm = 15 * time.Second

// Given a leader that is frozen at rest until another one leads and has made new objects Ready, when it thaws and hears of those
// objects, of which it does not know the Account yet, then it writes nothing, and every object stays Ready.
func TestFrozenLeader_ThawsAtRest_OverwritesNoStatus(t *testing.T) {
	const short = 200
	abreast(t, longform.Choose(3, short+10), func(n int) {
		t.Run(fmt.Sprint("round ", n), func(t *testing.T) {
			rng := rand.New(rand.NewPCG(uint64(n), 0)) //nolint:gosec // how long a manager is frozen need not be secret
			s, lasts := newScene(t, postgreSQL), term
			elected := s.elected()
			if n >= short {
				elected, lasts = []string{"--leader-elect", "--leader-elect-namespace=" + s.ns}, defaultTerm
			}
			terms := 1.1 + 1.4*rng.Float64()
			fired := fault.Begin(t, fault.Case{
				Goal: "G8", Workload: "at rest, then new objects", Trigger: "at rest",
				Action:  fmt.Sprintf("frozen for %.1f terms of %s", terms, lasts),
				Dialect: postgreSQL, Seed: uint64(n),
			})
			old := s.start(s.as("old"), elected...)
			alice, hers := account("alice"), envVarSet("hers", "alice", "hf", "HF_TOKEN")
			s.create(secret("hf", "HF_TOKEN"), alice, hers)
			s.becomesReady(alice, hers)
			s.hears(alice, hers)
			s.start(s.as("new"), elected...)
			thaw := time.NewTimer(time.Duration(terms * float64(lasts)))
			s.must(old.Signal(syscall.SIGSTOP))
			fired.Add(1)
			s.leads(2)
			objects := append(s.makesNew(10), alice, hers)
			<-thaw.C

			s.thaws(old, lostLease, fenced)
			s.becomesReady(objects...)
		})
	})
}

// Given a manager without a Lease that is frozen at rest, and a second one without a Lease that took the lead in the store and has made
// new objects Ready, when the first thaws, then the store's word keeps it from writing to the API server, and it ends as one that
// was overtaken.
func TestOvertakenManager_WithoutALease_OverwritesNoStatus(t *testing.T) {
	abreast(t, longform.Choose(3, 50), func(n int) {
		t.Run(fmt.Sprint("round ", n), func(t *testing.T) {
			s := newScene(t, postgreSQL)
			fired := fault.Begin(t, fault.Case{
				Goal: "G8", Workload: "at rest, then new objects, without a Lease", Trigger: "at rest",
				Action: "frozen until another one leads", Dialect: postgreSQL, Seed: uint64(n),
			})
			old := s.start(s.as("old"))
			alice, hers := account("alice"), envVarSet("hers", "alice", "hf", "HF_TOKEN")
			s.create(secret("hf", "HF_TOKEN"), alice, hers)
			s.becomesReady(alice, hers)
			s.hears(alice, hers)
			s.must(old.Signal(syscall.SIGSTOP))
			fired.Add(1)
			s.start(s.as("new"))
			s.leads(2)
			objects := append(s.makesNew(10), alice, hers)

			s.thaws(old, fenced)
			s.becomesReady(objects...)
		})
	})
}

// hears waits until there is an event about each: it follows the status, and one that was under way when its manager was frozen could
// still arrive after the thaw.
func (s *scene) hears(objects ...object) {
	s.Helper()
	for _, obj := range objects {
		s.eventually(func(ctx context.Context) string {
			var events eventsv1.EventList
			s.must(s.api.List(ctx, &events, client.InNamespace(s.ns)))
			if !slices.ContainsFunc(events.Items, func(e eventsv1.Event) bool { return e.Regarding.UID == obj.GetUID() }) {
				return "no event about " + obj.GetName()
			}
			return ""
		})
	}
}

// makesNew makes new accounts with a set each, which become Ready.
func (s *scene) makesNew(n int) (objects []object) {
	s.Helper()
	for n := range n {
		name := fmt.Sprint("new-", n)
		a, set := account(name), envVarSet(name, name, "hf", "HF_TOKEN")
		s.create(set, a)
		objects = append(objects, a, set)
	}
	s.becomesReady(objects...)
	return objects
}

// thaws lets a former leader go on, which ends with one of these exit statuses and has written nothing to the API server.
func (s *scene) thaws(old *manager.Manager, statuses ...int) {
	s.Helper()
	mark := s.cluster.Audit.Mark()
	s.must(old.Signal(syscall.SIGCONT))
	ctx, cancel := context.WithTimeout(s.Context(), soon)
	defer cancel()
	if code, err := old.ExitCode(ctx); err != nil || !slices.Contains(statuses, code) {
		s.Errorf("exit code %d (%v)", code, err)
	}
	landed, err := s.cluster.Audit.Since(mark, cluster.ByUser("old-of-"+s.ns), cluster.Writes, succeeded)
	s.must(err)
	if len(landed) != 0 {
		s.Errorf("the former leader wrote to the API server: %v", cluster.Count(landed))
	}
}
