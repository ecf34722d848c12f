package leader

import (
	"context"
	"errors"
	"time"

	"k8s.io/apimachinery/pkg/types"
	ctrl "sigs.k8s.io/controller-runtime"

	"github.com/account-operator/account-operator/internal/controller/timing"
	"github.com/account-operator/account-operator/internal/kinds"
	"github.com/account-operator/account-operator/internal/store"
)

// follow enqueues what the change feed names until ctx ends, and opens the feed again when it breaks. After a break, and at the
// resync, the store's records are compared with the sync state, so that nothing stays unseen.
func (s *Session) follow(ctx context.Context) {
	for ctx.Err() == nil {
		if err := s.followOnce(ctx); s.ends(err) {
			<-ctx.Done()
		} else if err != nil && ctx.Err() == nil {
			ctrl.LoggerFrom(ctx).Error(err, "the store's change feed broke; opening it again")
			timing.Pause(ctx, storePause)
		}
	}
}

func (s *Session) followOnce(ctx context.Context) error {
	changes, err := s.fenced.Changes(ctx)
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
			s.changed(claim)
		case <-resync.C:
			if err := s.resync(ctx); err != nil {
				return err
			}
			resync.Reset(timing.Jittered(s.Resync))
		}
	}
}

// resync makes sure that the store is what it is known to be, and that this manager still leads it: one that was overtaken at rest has
// nothing else to notice it by. Then everything in sync is compared in one paged read, in place of a reconcile for each object.
func (s *Session) resync(ctx context.Context) error {
	if err := s.detectPutBack(ctx); err != nil {
		return err
	}
	if err := s.fenced.Holds(ctx); err != nil {
		return err
	}
	if err := s.eachApplied(ctx, func(a store.Applied) {
		if s.Tracker.Differs(a) {
			s.changed(a.Claim)
		}
	}); err != nil {
		return err
	}
	if err := s.keepRecord(ctx); err != nil {
		return err
	}
	s.AtResync()
	s.Tracker.Sweep()
	return nil
}

func (s *Session) changed(c store.Claim) {
	if c.Kind == store.KindMail {
		s.WakeSender()
		return
	}
	s.Tracker.RowsChanged(types.UID(c.UID))
	s.Queues.Add(c.Kind, types.NamespacedName{Namespace: c.Namespace, Name: c.Name})
}

// loadApplied takes the store's word for what is in sync, in place of all that was remembered.
func (s *Session) loadApplied(ctx context.Context) error {
	var all []store.Applied
	if err := s.eachApplied(ctx, func(a store.Applied) { all = append(all, a) }); err != nil {
		return err
	}
	s.Tracker.Load(all)
	return nil
}

func (s *Session) eachApplied(ctx context.Context, do func(store.Applied)) error {
	for _, kind := range kinds.Claiming() {
		if err := store.EachApplied(ctx, s.fenced, kind.Name, func(a store.Applied) error { do(a); return nil }); err != nil {
			return err
		}
	}
	return nil
}

// ends reports whether an error of the feed must end the manager, and ends it.
func (s *Session) ends(err error) bool {
	startup := (*store.StartupError)(nil)
	if !errors.As(err, &startup) && !errors.Is(err, store.ErrFenced) {
		return false
	}
	s.Stop(err)
	return true
}
