package counts

import (
	"strconv"
	"testing"
	"testing/synctest"
	"time"

	"k8s.io/apimachinery/pkg/types"

	"github.com/account-operator/account-operator/internal/controller/enqueue"
	"github.com/account-operator/account-operator/internal/controller/syncstate"
	"github.com/account-operator/account-operator/internal/store"
)

// busyCloud has Accounts in sync, on the clock of a bubble. Each that is to be counted is counted at once.
type busyCloud struct {
	*testing.T

	counts  *Counts
	tracker *syncstate.Tracker
	counted map[string]int
	all     []string
}

func newBusyCloud(t *testing.T, accounts int) *busyCloud {
	b := &busyCloud{T: t, tracker: syncstate.New(), counted: map[string]int{}}
	b.counts = New(Counts{Tracker: b.tracker, Queues: &enqueue.Queues{}, Soon: 5 * time.Second})
	go b.counts.RunDue(t.Context())
	for n := range accounts {
		b.all = append(b.all, strconv.Itoa(n))
		b.inSync(b.all[n])
	}
	return b
}

func (b *busyCloud) inSync(uid string) {
	b.tracker.Commit(types.UID(uid), "r", b.tracker.Begin(types.UID(uid)))
}

func (b *busyCloud) change(uid string) {
	b.counts.Refresh(store.Claim{Kind: store.KindAccount, Namespace: "team", Name: "alice", UID: uid})
}

func (b *busyCloud) pass(d time.Duration) {
	for end := time.Now().Add(d); time.Now().Before(end); {
		time.Sleep(100 * time.Millisecond) //nolint:forbidigo // on the clock of the bubble
		synctest.Wait()
		for _, uid := range b.all {
			if !b.tracker.InSync(types.UID(uid), "r") {
				b.counted[uid]++
				b.inSync(uid)
			}
		}
	}
}

func TestCounts_OneChange_IsCountedSoonAndOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBusyCloud(t, 1)
		b.change("0")
		b.change("0")

		b.pass(4 * time.Second)
		if n := b.counted["0"]; n != 0 {
			t.Errorf("it was counted %d times at once", n)
		}
		b.pass(2 * time.Second)
		if n := b.counted["0"]; n != 1 {
			t.Errorf("it was counted %d times after six seconds", n)
		}
		b.pass(time.Hour)
		if n := b.counted["0"]; n != 1 {
			t.Errorf("it was counted %d times", n)
		}
	})
}

func TestCounts_InstallationIsApplied_CountsEachAccountOnceAfterIt(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		// given two sets for each of a thousand Accounts, of which one comes a minute after the other
		b := newBusyCloud(t, 1000)
		for range 2 {
			for _, uid := range b.all {
				b.change(uid)
				time.Sleep(60 * time.Millisecond) //nolint:forbidigo // on the clock of the bubble
			}
			b.pass(100 * time.Millisecond)
			if n := len(b.counted); n != 0 {
				t.Fatalf("%d were counted in the middle of it", n)
			}
		}

		b.pass(30 * time.Second)

		for _, uid := range b.all {
			if n := b.counted[uid]; n != 1 {
				t.Fatalf("%s was counted %d times", uid, n)
			}
		}
	})
}

func TestCounts_ChangesWithoutEnd_CountsWithinAQuarterOfAnHour(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		// given one change of an Account, while others change twelve times a second
		b := newBusyCloud(t, 21)
		b.change("0")
		during := func(d time.Duration) {
			for end := time.Now().Add(d); time.Now().Before(end); b.pass(time.Second) {
				for n := range 12 {
					b.change(b.all[1+n])
				}
			}
		}

		during(14 * time.Minute)
		if n := b.counted["0"]; n != 0 {
			t.Errorf("it was counted %d times in the middle of it", n)
		}
		during(2 * time.Minute)
		if n := b.counted["0"]; n != 1 {
			t.Errorf("it was counted %d times after a quarter of an hour", n)
		}
	})
}
