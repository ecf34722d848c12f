// Package leader holds the lead in the store: which store that is, the fencing token of every write, the change feed, and the jobs of a leader.
package leader

import (
	"context"
	"errors"
	"fmt"
	"sync/atomic"
	"time"

	ctrl "sigs.k8s.io/controller-runtime"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/account-operator/account-operator/internal/controller/enqueue"
	"github.com/account-operator/account-operator/internal/controller/events"
	"github.com/account-operator/account-operator/internal/controller/status"
	"github.com/account-operator/account-operator/internal/controller/syncstate"
	"github.com/account-operator/account-operator/internal/controller/timing"
	"github.com/account-operator/account-operator/internal/store"
)

// storePause is how long to wait before a store is asked again that did not answer, or whose change feed broke.
const storePause = time.Second

// Options are what a Session is made with.
type Options struct {
	Store   store.Store
	Cached  client.Reader
	Cluster string // identity in every claim
	Lease   string // its name
	Resync  time.Duration
	// Prepare brings the schema up to date.
	Prepare func(context.Context) error
	// Record is what the cluster knows of the store; nil: nothing.
	Record StoreRecord
	// HoldsLease reads the Lease live; nil without leader election.
	HoldsLease func(context.Context) error
	// Proof is nil where it is not asked for.
	Proof *Proof

	Tracker *syncstate.Tracker
	Queues  *enqueue.Queues
	Events  *events.Recorder
	// Measure wraps the store's writes.
	Measure func(store.FencedStore) store.FencedStore
	// WakeSender says that mails may be due.
	WakeSender func()
	// PutBack reports what account holders did that a store that was put back has undone; to is the time of its state.
	PutBack func(ctx context.Context, to string) error
	// CompareAccounts enqueues the Accounts whose status shows something else than the store has.
	CompareAccounts func(context.Context) error
	// AtResync is called at each resync of the change feed.
	AtResync func()
}

// Job runs while this manager leads, until ctx ends.
type Job func(ctx context.Context)

// Session takes the lead in the store once this manager is elected, and keeps it: it loads the sync state, lets the reconcilers begin,
// follows the change feed and runs the jobs of a leader. It is a runnable of the manager that needs leader election.
type Session struct {
	Options
	jobs []Job

	ready    chan struct{} // closed when fenced, identity and signer may be used
	identity store.Identity
	known    atomic.Pointer[store.Identity] // the store as it was last seen
	outdated bool                           // the store was put back, and not every object was compared since
	fenced   store.FencedStore              // set before ready is closed, never after
	signer   status.Signer                  // as fenced
	// allSigned says that a status without a signature is no manager's.
	allSigned atomic.Bool
	stopped   chan error // what must end this manager
}

// New makes a Session that has not begun.
func New(o Options) *Session {
	return &Session{Options: o, ready: make(chan struct{}), stopped: make(chan error, 1)}
}

// Add has a job run while this manager leads. It is called before Start.
func (s *Session) Add(job Job) { s.jobs = append(s.jobs, job) }

// Stop ends the manager: another one has the lead in the store, say.
func (s *Session) Stop(err error) {
	select {
	case s.stopped <- err:
	default: // it ends already
	}
}

// Await blocks until the store may be written.
func (s *Session) Await(ctx context.Context) error {
	select {
	case <-s.ready:
		return nil
	case <-ctx.Done():
		return fmt.Errorf("wait for the lead in the store: %w", ctx.Err())
	}
}

// Begun reports whether the store may be written.
func (s *Session) Begun() bool {
	select {
	case <-s.ready:
		return true
	default:
		return false
	}
}

// Fenced is the store, with this manager's fencing token. It may be used after Await.
func (s *Session) Fenced() store.FencedStore { return s.fenced }

// Capabilities are those of the store.
func (s *Session) Capabilities() store.Capabilities { return s.Store.Capabilities() }

// Signer signs the statuses that this manager writes.
func (s *Session) Signer() status.Signer { return s.signer }

// AllSigned reports whether a status without a signature is no manager's.
func (s *Session) AllSigned() bool { return s.allSigned.Load() }

// SetAllSigned has the store remember that each status is signed.
func (s *Session) SetAllSigned(ctx context.Context) error {
	err := s.fenced.SetAllSigned(ctx)
	if err == nil {
		s.allSigned.Store(true)
	}
	return err
}

// NeedLeaderElection implements manager.LeaderElectionRunnable.
func (s *Session) NeedLeaderElection() bool { return true }

// Start implements manager.Runnable. It returns an error that must end the manager, or nil when ctx ended.
func (s *Session) Start(ctx context.Context) error {
	if err := s.begin(ctx); err != nil {
		return ignoreEnd(ctx, err)
	}
	close(s.ready)
	ctrl.LoggerFrom(ctx).Info("leading", "cluster", s.Cluster, "lease", s.Lease)
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	go func() {
		select {
		case err := <-s.stopped:
			cancel(err)
		case <-ctx.Done():
		}
	}()
	for _, job := range s.jobs {
		go job(ctx)
	}
	s.follow(ctx)
	err := ignoreEnd(ctx, context.Cause(ctx))
	if err == nil {
		s.keepLast(context.WithoutCancel(ctx))
	}
	return err
}

// begin takes the epoch, then makes sure that the Lease is still ours: in this order a manager that was overtaken in
// between finds out, and one that was not has fenced off its predecessor.
func (s *Session) begin(ctx context.Context) error {
	err := untilDone(ctx, func() error {
		if err := s.Prepare(ctx); err != nil {
			return err
		}
		putBackFrom, err := s.admit(ctx)
		if err != nil {
			return err
		}
		fenced, err := s.Store.Lead(ctx, s.Cluster, s.Lease)
		if err != nil {
			return err
		}
		s.Proof.begin(fenced)
		s.fenced, s.signer = s.Measure(fenced), status.NewSigner(fenced.StatusKey())
		s.allSigned.Store(fenced.AllSigned())
		if err := s.standsAt(ctx, putBackFrom); err != nil {
			return err
		}
		return s.loadApplied(ctx)
	})
	if err == nil && s.HoldsLease != nil {
		err = s.HoldsLease(ctx)
	}
	if err != nil || s.Record == nil {
		return err
	}
	return untilDone(ctx, func() error { return s.keepRecord(ctx) })
}

// untilDone tries again while a store does not answer; an error that a retry cannot clear ends it.
func untilDone(ctx context.Context, try func() error) error {
	for {
		err := try()
		startup := (*store.StartupError)(nil)
		if err == nil || errors.As(err, &startup) || errors.Is(err, store.ErrFenced) || ctx.Err() != nil {
			return err
		}
		ctrl.LoggerFrom(ctx).Error(err, "the store did not answer; trying again")
		timing.Pause(ctx, storePause)
	}
}

// ignoreEnd drops the error that only says that ctx ended, as it does whenever the manager is stopped.
func ignoreEnd(ctx context.Context, err error) error {
	if ctx.Err() == nil || !errors.Is(err, context.Canceled) {
		return err
	}
	return nil
}
