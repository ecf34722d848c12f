package scenarios

import (
	"fmt"
	"testing"
	"time"

	"github.com/account-operator/account-operator/test/fault"
	"github.com/account-operator/account-operator/test/long"
)

// How many tales there are in all, how many a manager deals with at a time, how many steps each has, and how long it may take
// after the last until all is as it has to be.
var (
	tales       = long.Choose(16, 1000)
	talesAtOnce = long.Choose(8, 25)
)

const (
	stepsOfATale = 16
	convergence  = 30 * time.Second
)

// A tale is a random history of what users, Secrets and strangers do, with faults that stop. Its name is its seed. When it is
// told, all is as a model says, and however often that is looked at, nothing is written any more.
func TestWhateverHappensTheEndIsAsAModelSaysAndStays(t *testing.T) {
	for n, dialect := range []string{"sqlite", "postgres"} {
		t.Run(dialect, func(t *testing.T) {
			t.Parallel()
			for first := n * talesAtOnce; first < tales; first += 2 * talesAtOnce {
				var seeds []uint64
				for seed := first; seed < min(first+talesAtOnce, tales); seed++ {
					seeds = append(seeds, uint64(seed+1)) //nolint:gosec // it is no negative number
				}
				t.Run(fmt.Sprintf("seeds_%d_to_%d", seeds[0], seeds[len(seeds)-1]), func(t *testing.T) { areTold(t, dialect, seeds) })
			}
		})
	}
}

// areTold plays the tales of these seeds, and makes a case of each.
func areTold(t *testing.T, dialect string, seeds []uint64) {
	s := newSaga(t, dialect, seeds)
	s.plays()
	s.heals()
	s.ends()
	s.rests()
	for n, tale := range s.tales {
		t.Run(fmt.Sprintf("seed_%d", seeds[n]), func(t *testing.T) {
			struck := fault.Begin(t, fault.Case{Goal: "G4", Workload: "a random history", Action: "faults that stop", Dialect: dialect, Seed: seeds[n]})
			struck.Add(int64(tale.struck))
			if tale.failure != "" {
				t.Error(tale.failure)
			}
		})
	}
}
