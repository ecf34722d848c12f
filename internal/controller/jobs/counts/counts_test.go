package counts

import (
	"testing"
	"testing/synctest"
	"time"

	"github.com/account-operator/account-operator/internal/controller/enqueue"
	"github.com/account-operator/account-operator/internal/controller/syncstate"
	"github.com/account-operator/account-operator/internal/store"
)

func TestCounts_AccountChangesOften_IsInSyncUntilDue(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		// given an Account in sync
		tracker := syncstate.New()
		counts := New(Counts{Tracker: tracker, Queues: &enqueue.Queues{}, Delay: 3 * time.Minute})
		go counts.RunDue(t.Context())
		alice := store.Claim{Kind: store.KindAccount, Namespace: "team", Name: "alice", UID: "1"}
		tracker.Commit("1", "r", tracker.Begin("1"))
		begun := time.Now()

		// when the number of what it has changes again and again
		for range 5 {
			counts.Refresh(alice)
			time.Sleep(30 * time.Second) //nolint:forbidigo // on the clock of the bubble
			if !tracker.InSync("1", "r") {
				t.Errorf("it is enqueued after %s", time.Since(begun))
			}
		}

		// then it counts once, three minutes after the first change
		time.Sleep(31 * time.Second) //nolint:forbidigo // on the clock of the bubble
		if tracker.InSync("1", "r") {
			t.Error("it is not counted")
		}
		tracker.Commit("1", "r", tracker.Begin("1"))
		time.Sleep(time.Hour) //nolint:forbidigo // on the clock of the bubble
		if !tracker.InSync("1", "r") {
			t.Error("it is enqueued twice")
		}
	})
}
