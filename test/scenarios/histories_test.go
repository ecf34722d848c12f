package scenarios

import (
	"fmt"
	"testing"
	"time"

	"github.com/account-operator/account-operator/test/fault"
	"github.com/account-operator/account-operator/test/long"
)

// How many histories there are in all, how many a manager deals with at a time, how many steps each has, and how long it may take
// after the last until all is as it has to be.
var (
	histories       = long.Choose(16, 1000)
	historiesAtOnce = long.Choose(8, 25)
)

const (
	stepsOfAHistory = 16
	convergence     = 30 * time.Second
)

// A history is random: what users, Secrets and other clients do, with faults that stop. Its name is its seed. When it
// has ended, all is as a model says, and however often that is compared, nothing is written any more.
func TestHistory_Random_EndsAsTheModelSays(t *testing.T) {
	for n, dialect := range []string{"sqlite", "postgres"} {
		t.Run(dialect, func(t *testing.T) {
			t.Parallel()
			for first := n * historiesAtOnce; first < histories; first += 2 * historiesAtOnce {
				var seeds []uint64
				for seed := first; seed < min(first+historiesAtOnce, histories); seed++ {
					seeds = append(seeds, uint64(seed+1)) //nolint:gosec // it is no negative number
				}
				t.Run(fmt.Sprintf("seeds_%d_to_%d", seeds[0], seeds[len(seeds)-1]), func(t *testing.T) { playHistories(t, dialect, seeds) })
			}
		})
	}
}

// playHistories plays the histories of these seeds, and makes a case of each.
func playHistories(t *testing.T, dialect string, seeds []uint64) {
	s := newRun(t, dialect, seeds)
	s.plays()
	s.heals()
	s.ends()
	s.rests()
	for n, history := range s.histories {
		t.Run(fmt.Sprintf("seed_%d", seeds[n]), func(t *testing.T) {
			struck := fault.Begin(t, fault.Case{Goal: "G4", Workload: "a random history", Action: "faults that stop", Dialect: dialect, Seed: seeds[n]})
			struck.Add(int64(history.struck))
			if history.failure != "" {
				t.Error(history.failure)
			}
		})
	}
}
