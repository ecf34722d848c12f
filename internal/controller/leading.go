package controller

import (
	"context"
	"errors"
	"fmt"
	"sync/atomic"
	"time"

	"k8s.io/apimachinery/pkg/types"
	ctrl "sigs.k8s.io/controller-runtime"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/account-operator/account-operator/internal/controller/syncstate"
	"github.com/account-operator/account-operator/internal/store"
)

// storePause is how long leading waits before it asks a store anew that did not answer, or whose feed broke.
const storePause = time.Second

// leading takes the lead in the store once this manager is elected, and keeps it: it learns what is in sync, lets the
// reconcilers begin, and wakes them when rows change. It is a runnable of the manager that needs leader election.
type leading struct {
	store    store.Store
	cached   client.Reader
	cluster  string
	lease    string
	resync   time.Duration
	prepare  func(context.Context) error // brings the schema up to date
	record   StoreRecord                 // nil: the cluster knows nothing of the store
	holds    func(context.Context) error // reads the Lease live; nil without leader election
	proof    *Proof                      // nil where nobody asks for it
	state    *syncstate.Tracker
	rows     accountRows
	queues   *queues
	metrics  *metrics
	changes  *sourceChanges
	recovery time.Duration

	sender Sender // nil: mails wait
	view   accountView

	orphans    *orphanWatch
	rewind     rewindWatch
	watchBroke <-chan struct{}
	pace       Pace

	ready    chan struct{} // closed when led, is and recounts may be used
	is       store.Identity
	known    atomic.Pointer[store.Identity] // the store as it was last seen
	outdated bool                           // the store was put back, and not every object was looked at anew since
	herald   *herald
	led      store.Led   // set before ready is closed, never after
	signer   signer      // as led
	reported []*reported // one a kind
	// allSigned says that a status without a signature is no manager's.
	allSigned atomic.Bool
	recounts  recounts   // as led
	stopped   chan error // what a reconciler found that must end this manager
}

// stop ends the manager: another one has the lead in the store.
func (l *leading) stop(err error) {
	select {
	case l.stopped <- err:
	default: // somebody said so already
	}
}

// await blocks until the store may be written.
func (l *leading) await(ctx context.Context) error {
	select {
	case <-l.ready:
		return nil
	case <-ctx.Done():
		return fmt.Errorf("wait for the lead in the store: %w", ctx.Err())
	}
}

// errSettled is the outcome of a sync that found nothing to do and nothing to tell.
var errSettled = errors.New("already in sync")

// inSync gives errSettled when the store holds exactly this record of the object and its status says so. What status tells
// beside being ready may be old where a manager ended between the store and the status; tells says that it is not. Of an object
// that is in sync nothing has drifted.
func (l *leading) inSync(obj object, record string, tells bool) error {
	if !l.state.InSync(obj.GetUID(), record) {
		return nil
	}
	if _, ready := readyReason(obj); ready && tells && len(obj.CommonStatus().Drifted) == 0 {
		return errSettled
	}
	return nil
}

// NeedLeaderElection implements manager.LeaderElectionRunnable.
func (l *leading) NeedLeaderElection() bool { return true }

// Start implements manager.Runnable. It returns an error that must end the manager, or nil when ctx ended.
func (l *leading) Start(ctx context.Context) error {
	if err := l.begin(ctx); err != nil {
		return ignoreEnd(ctx, err)
	}
	l.recounts = newRecounts()
	close(l.ready)
	ctrl.LoggerFrom(ctx).Info("leading", "cluster", l.cluster, "lease", l.lease)
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	go func() {
		select {
		case err := <-l.stopped:
			cancel(err)
		case <-ctx.Done():
		}
	}()
	go l.purgeHourly(ctx)
	go l.lookForOrphans(ctx)
	go l.lookForOldStatus(ctx)
	go l.signOld(ctx)
	go l.lookForRewind(ctx)
	go l.recountDue(ctx)
	if l.sender != nil {
		go l.deliver(ctx)
	}
	l.follow(ctx)
	err := ignoreEnd(ctx, context.Cause(ctx))
	if err == nil {
		l.keepLast(context.WithoutCancel(ctx))
	}
	return err
}

// begin takes the epoch, then makes sure that the Lease is still ours: in this order a manager that was overtaken in
// between finds out, and one that was not has fenced off its predecessor.
func (l *leading) begin(ctx context.Context) error {
	err := untilDone(ctx, func() error {
		if err := l.prepare(ctx); err != nil {
			return err
		}
		putBackFrom, err := l.admit(ctx)
		if err != nil {
			return err
		}
		led, err := l.store.Lead(ctx, l.cluster, l.lease)
		if err != nil {
			return err
		}
		l.proof.begin(led)
		l.led, l.signer = l.metrics.measure(led), signer{led.StatusKey()}
		l.allSigned.Store(led.AllSigned())
		if err := l.standsAt(ctx, putBackFrom); err != nil {
			return err
		}
		return l.loadApplied(ctx)
	})
	if err == nil && l.holds != nil {
		err = l.holds(ctx)
	}
	if err != nil || l.record == nil {
		return err
	}
	return untilDone(ctx, func() error { return l.keepRecord(ctx) })
}

// follow hands on what the change feed says until ctx ends, and opens it anew when it breaks. After a break, and at the
// resync, the store's records are compared with what is remembered, so that nothing stays unseen.
func (l *leading) follow(ctx context.Context) {
	for ctx.Err() == nil {
		if err := l.followOnce(ctx); l.ends(err) {
			<-ctx.Done()
		} else if err != nil && ctx.Err() == nil {
			ctrl.LoggerFrom(ctx).Error(err, "the store's change feed broke; opening it anew")
			pause(ctx, storePause)
		}
	}
}

func (l *leading) followOnce(ctx context.Context) error {
	changes, err := l.led.Changes(ctx)
	if err != nil {
		return err
	}
	resync := time.NewTimer(0) // what broke the feed may have been that the store was put back
	defer resync.Stop()
	for {
		select {
		case claim, open := <-changes:
			if !open {
				return errors.New("the feed ended")
			}
			l.wake(claim)
		case <-resync.C:
			if err := l.lookForPutBack(ctx); err != nil {
				return err
			}
			if err := l.led.Holds(ctx); err != nil { // one that was overtaken at rest has nothing else to notice it by
				return err
			}
			if err := l.compareApplied(ctx); err != nil {
				return err
			}
			if err := l.keepRecord(ctx); err != nil {
				return err
			}
			l.changes.prune()
			l.state.Sweep()
			resync.Reset(jittered(l.resync))
		}
	}
}

func (l *leading) wake(c store.Claim) {
	if c.Kind == store.KindMail {
		if l.sender != nil {
			l.sender.Wake()
		}
		return
	}
	l.state.RowsChanged(types.UID(c.UID))
	l.queues.add(c.Kind, types.NamespacedName{Namespace: c.Namespace, Name: c.Name})
}

// deliver sends mails until ctx ends.
func (l *leading) deliver(ctx context.Context) {
	if err := l.sender.Run(ctx, l.led); err != nil && ctx.Err() == nil {
		l.stop(err)
	}
}

// purgeHourly strips accounts whose recovery window is over.
func (l *leading) purgeHourly(ctx context.Context) {
	for ctx.Err() == nil {
		if n, err := l.led.Purge(ctx, time.Now().Add(-l.recovery)); err != nil && ctx.Err() == nil {
			ctrl.LoggerFrom(ctx).Error(err, "purge deleted accounts")
		} else if n > 0 {
			ctrl.LoggerFrom(ctx).Info("purged accounts whose recovery window is over", "accounts", n)
		}
		pause(ctx, jittered(time.Hour))
	}
}

// lookForOrphans begins late: right after a start every object is looked at anyway.
func (l *leading) lookForOrphans(ctx context.Context) {
	for pause(ctx, l.pace.OrphanLook); ctx.Err() == nil; pause(ctx, l.pace.OrphanLook) {
		if err := l.orphans.look(ctx, l.led); err != nil && ctx.Err() == nil {
			ctrl.LoggerFrom(ctx).Error(err, "look for claims without an object")
		}
	}
}

// lookForOldStatus compares at once, and counts when those that a former manager had still to tell are due.
func (l *leading) lookForOldStatus(ctx context.Context) {
	counts := false
	for next := l.pace.Recount; ctx.Err() == nil; next = jittered(l.resync) {
		if err := l.compareAccounts(ctx, counts); err != nil && ctx.Err() == nil {
			ctrl.LoggerFrom(ctx).Error(err, "compare accounts with what their status shows")
		}
		pause(ctx, next)
		counts = true
	}
}

// lookAt makes an Account look at its rows: something that its status shows may have changed.
func (l *leading) lookAt(account store.Claim) {
	l.state.Invalidate(types.UID(account.UID))
	l.queues.add(store.KindAccount, types.NamespacedName{Namespace: account.Namespace, Name: account.Name})
}

// untilDone tries again while a store does not answer; an error that trying again cannot mend ends it.
func untilDone(ctx context.Context, try func() error) error {
	for {
		err := try()
		startup := (*store.StartupError)(nil)
		if err == nil || errors.As(err, &startup) || errors.Is(err, store.ErrFenced) || ctx.Err() != nil {
			return err
		}
		ctrl.LoggerFrom(ctx).Error(err, "the store did not answer; trying again")
		pause(ctx, storePause)
	}
}

func pause(ctx context.Context, d time.Duration) {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
	case <-ctx.Done():
	}
}

// ignoreEnd drops the error that only says that ctx ended, as it does whenever the manager is stopped.
func ignoreEnd(ctx context.Context, err error) error {
	if ctx.Err() == nil || !errors.Is(err, context.Canceled) {
		return err
	}
	return nil
}
