package e2e_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"syscall"
	"testing"
	"time"

	"github.com/account-operator/account-operator/test/cluster"
	"github.com/account-operator/account-operator/test/fault"
	longform "github.com/account-operator/account-operator/test/long"
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
			s.start(s.as("new"), elected...)
			thaw := time.NewTimer(time.Duration(terms * float64(lasts)))
			s.must(old.Signal(syscall.SIGSTOP))
			fired.Add(1)
			s.leads(2)
			objects := []object{alice, hers}
			for n := range 10 {
				name := fmt.Sprint("new-", n)
				a, set := account(name), envVarSet(name, name, "hf", "HF_TOKEN")
				s.create(set, a)
				objects = append(objects, a, set)
			}
			s.becomesReady(objects...)
			<-thaw.C

			mark := s.cluster.Audit.Mark()
			s.must(old.Signal(syscall.SIGCONT))

			ctx, cancel := context.WithTimeout(s.Context(), soon)
			defer cancel()
			if code, err := old.ExitCode(ctx); err != nil || !slices.Contains([]int{lostLease, fenced}, code) {
				s.Errorf("exit code %d (%v)", code, err)
			}
			landed, err := s.cluster.Audit.Since(mark, cluster.ByUser("old-of-"+s.ns), cluster.Writes, succeeded)
			s.must(err)
			if len(landed) != 0 {
				s.Errorf("the former leader wrote to the API server: %v", cluster.Count(landed))
			}
			s.becomesReady(objects...)
		})
	})
}
