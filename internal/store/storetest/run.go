// Package storetest holds the promises that every backing store makes, each as a test named after it. A driver's own test
// calls Run with a function that opens a fresh, empty store.
package storetest

import "testing"

// Run holds the store to every promise.
func Run(t *testing.T, open func(t *testing.T) Fixture) {
	for _, p := range promises {
		t.Run(p.name, func(t *testing.T) {
			t.Parallel()
			p.prove(begin(t, open(t)))
		})
	}
}

var promises = join(
	repeatable, atomic, keyedByClaim, fenced, guardedDeletion, recoverable, sealed, bounded, linearizable, audited,
	feed, drift, held, heldEnvVars, heldConnections, heldElsewhere, heldEnd, heldRaces, heldSSHKeys, heldTeams, inSession, suspended, rebinding, paging, history, notified, referred, shown, adopted, teams, ofEachKind,
	actions, apiKeys, factors, freed, freedRaces, freedTeams, identified, links, linkShares, mailBudgets, mailTurns, outbox, pairs, proved, repeated, sessions, signingIn, subjects, notices, teamRaces, teamsMatrix,
	holdersAddress, heldAddress, addressRaces, mailedCodes,
)
