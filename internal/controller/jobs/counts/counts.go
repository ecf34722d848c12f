// Package counts keeps the numbers that the status of Accounts shows.
package counts

import (
	"context"
	"math/rand/v2"
	"time"

	"k8s.io/apimachinery/pkg/api/equality"
	"k8s.io/apimachinery/pkg/types"
	ctrl "sigs.k8s.io/controller-runtime"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/account-operator/account-operator/api/v1alpha1"
	"github.com/account-operator/account-operator/internal/clamp"
	"github.com/account-operator/account-operator/internal/controller/enqueue"
	"github.com/account-operator/account-operator/internal/controller/status"
	"github.com/account-operator/account-operator/internal/controller/syncstate"
	"github.com/account-operator/account-operator/internal/controller/timing"
	"github.com/account-operator/account-operator/internal/store"
)

// countRate is how many Accounts a second are counted when many are due at once, so that what users wait for is not behind them.
const countRate = 100

// Counts has the status of Accounts show how much they have, each when it is time. What follows a change until then is counted with it, and
// a reconcile that comes in between for another reason need not compare the rows.
type Counts struct {
	Cached  client.Reader
	Tracker *syncstate.Tracker
	Queues  *enqueue.Queues
	// Fenced is the store, once this manager leads.
	Fenced func() store.FencedStore
	// Report writes into status what the store has.
	Report func(*v1alpha1.Account, store.Account)
	// Soon is how late counts are while little changes; AfterStart is when those are counted that a previous manager had still to
	// report; Resync is how often accounts are compared with what their status shows.
	Soon, AfterStart, Resync time.Duration

	schedule *schedule
	begins   chan struct{} // has a token when something waits
}

// New makes Counts that have nothing to do.
func New(c Counts) *Counts {
	c.schedule, c.begins = newSchedule(c.Soon), make(chan struct{}, 1)
	return &c
}

// Refresh makes an Account compare its rows a little later: the number of what it has changed.
func (c *Counts) Refresh(account store.Claim) {
	c.schedule.changed(account, time.Now())
	c.begin()
}

func (c *Counts) begin() {
	select {
	case c.begins <- struct{}{}:
	default: // it has begun
	}
}

// RefreshNow makes an Account compare its rows: something that its status shows may have changed.
func (c *Counts) RefreshNow(account store.Claim) {
	c.Tracker.Invalidate(types.UID(account.UID))
	c.Queues.Add(store.KindAccount, types.NamespacedName{Namespace: account.Namespace, Name: account.Name})
}

// RunDue refreshes those Accounts whose time has come, until ctx ends.
func (c *Counts) RunDue(ctx context.Context) {
	for {
		select {
		case <-ctx.Done():
			return
		case <-c.begins:
		}
		for !c.schedule.empty() && ctx.Err() == nil {
			timing.Pause(ctx, c.Soon)
			for _, account := range c.schedule.take(time.Now()) {
				c.RefreshNow(account)
				timing.Pause(ctx, time.Second/countRate)
			}
		}
	}
}

// RunCompare compares at once, and counts when those that a previous manager had still to report are due.
func (c *Counts) RunCompare(ctx context.Context) {
	counts := false
	for next := c.AfterStart; ctx.Err() == nil; next = timing.Jittered(c.Resync) {
		if err := c.Compare(ctx, counts); err != nil && ctx.Err() == nil {
			ctrl.LoggerFrom(ctx).Error(err, "compare accounts with what their status shows")
		}
		timing.Pause(ctx, next)
		counts = true
	}
}

// Compare refreshes each Account whose status shows something else than the store has; without counts, apart from how many of anything
// there are. A manager may have ended between the two, and of some things only the feed reports, which no one received while no manager ran.
func (c *Counts) Compare(ctx context.Context, counts bool) error {
	return store.EachAccount(ctx, c.Fenced(), func(got store.Account) error {
		switch now, later := c.showsAnother(ctx, got, counts); {
		case now:
			c.RefreshNow(got.Claim)
		case later:
			spread := rand.N(max(c.Resync, 1)) //nolint:gosec // spreading load needs no cryptography
			c.schedule.at(got.Claim, time.Now().Add(spread))
			c.begin()
		}
		return nil
	})
}

// showsAnother reports whether status would be another with what the store has. Where it is only what runs in the account, that may be
// compared later: in a busy cloud, or after an upgrade, it is so of many at once.
func (c *Counts) showsAnother(ctx context.Context, got store.Account, counts bool) (now, later bool) {
	var shown v1alpha1.Account
	name := types.NamespacedName{Namespace: got.Claim.Namespace, Name: got.Claim.Name}
	if err := c.Cached.Get(ctx, name, &shown, client.UnsafeDisableDeepCopy); err != nil || string(shown.UID) != got.Claim.UID {
		return false, false // it is not there, or not yet
	}
	if shown.Status.AccountID == "" || !shown.DeletionTimestamp.IsZero() {
		return false, false // its own reconciles have still to report
	}
	would := shown.DeepCopy()
	c.Report(would, got)
	clamp.Status(status.In(would))
	if !counts {
		before := status.Counts(&shown.Status)
		for kind, now := range status.Counts(&would.Status) {
			*now = *before[kind]
		}
		would.Status.Dependents = shown.Status.Dependents
	}
	other := !equality.Semantic.DeepEqual(would.Status, shown.Status)
	would.Status.Dependents = shown.Status.Dependents
	now = !equality.Semantic.DeepEqual(would.Status, shown.Status)
	return now, other && !now
}
