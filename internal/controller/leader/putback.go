package leader

import (
	"context"
	"fmt"
	"time"

	"k8s.io/apimachinery/pkg/api/meta"
	"k8s.io/apimachinery/pkg/runtime"
	ctrl "sigs.k8s.io/controller-runtime"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/account-operator/account-operator/internal/controller/events"
	"github.com/account-operator/account-operator/internal/kinds"
	"github.com/account-operator/account-operator/internal/store"
)

// standsAt notes how far the store has come as leading begins, and has a store that was put back begin a new incarnation.
func (s *Session) standsAt(ctx context.Context, putBackFrom *store.Identity) error {
	if putBackFrom != nil {
		if err := s.beginIncarnation(ctx, *putBackFrom); err != nil {
			return err
		}
		return s.fenced.Vouch(ctx)
	}
	is, err := s.Store.Identity(ctx)
	if err != nil {
		return err
	}
	s.known.Store(&is)
	return s.fenced.Vouch(ctx)
}

// detectPutBack finds that the store lost what it had: an asynchronous standby took over, or a copy was put in its place. Then
// what this manager remembers is not so, and neither is what status says. It compares the store with what is known of it: with
// all that this manager wrote, and with what it saw of others.
func (s *Session) detectPutBack(ctx context.Context) error {
	known := *s.known.Load()
	is, err := s.Store.Identity(ctx)
	if err != nil {
		return err
	}
	if is.ID != known.ID {
		return &store.StartupError{
			Problem:  fmt.Sprintf("the address of the store %s leads to another store now, %q", known.ID, is.ID),
			NextStep: "lead it to the right store; the manager says more when it starts again",
		}
	}
	lost, err := s.lost(ctx, is, known)
	if err != nil {
		return err
	}
	if lost || is.Incarnation != known.Incarnation {
		if err := s.beginIncarnation(ctx, known); err != nil {
			return err
		}
		s.outdated = true
	} else {
		s.known.Store(&is)
	}
	if err := s.fenced.Vouch(ctx); err != nil || !s.outdated {
		return err
	}
	if err := s.compareAll(ctx); err != nil {
		return err
	}
	s.outdated = false
	return s.keepRecord(ctx)
}

// lost reports whether the store has less than it is known to have had.
func (s *Session) lost(ctx context.Context, is, known store.Identity) (bool, error) {
	if is.OlderThan(known) {
		return true, nil
	}
	return s.Store.Lost(ctx, known.Newest)
}

// compareAll has every object compared with what the store has now. It is called again where it fails.
func (s *Session) compareAll(ctx context.Context) error {
	if err := s.loadApplied(ctx); err != nil {
		return err
	}
	s.enqueueAll(ctx)
	return s.CompareAccounts(ctx)
}

// beginIncarnation ends what must not come back to life in a store that was put back, and makes that known.
func (s *Session) beginIncarnation(ctx context.Context, known store.Identity) error {
	is, err := s.fenced.BeginIncarnation(ctx, known)
	if err != nil {
		return err
	}
	s.known.Store(&is)
	to := "before its first write"
	if !is.PutBackTo.IsZero() {
		to = is.PutBackTo.Format(time.RFC3339)
	}
	ctrl.LoggerFrom(ctx).Info("the store was put back to an older state; every object is compared again",
		"store", is.ID, "putBackTo", to, "incarnation", is.Incarnation)
	if s.Record != nil {
		s.Events.Send(s.Record.Object(), events.Warning("StorePutBack",
			"the store was put back to its state of "+to+": links that were mailed are void, accounts that are made from now on have IDs "+
				"from "+fmt.Sprint(is.Incarnation)+" on, and passwords and second factors are those of then; see the runbook AccountOperatorStorePutBack"))
	}
	if err := s.PutBack(ctx, to); err != nil && ctx.Err() == nil {
		ctrl.LoggerFrom(ctx).Error(err, "look whose confirmed address or second factor came back")
	}
	return nil
}

// enqueueAll enqueues every object. Those that the store has as they are cost no more than a comparison with the record.
func (s *Session) enqueueAll(ctx context.Context) {
	for _, kind := range kinds.All {
		list := kind.NewList()
		if err := s.Cached.List(ctx, list, client.UnsafeDisableDeepCopy); err != nil {
			continue // the cache cannot fail here: the kind is watched
		}
		_ = meta.EachListItem(list, func(item runtime.Object) error { // a list of ours has only objects
			s.Queues.Add(kind.Name, client.ObjectKeyFromObject(item.(client.Object)))
			return nil
		})
	}
}
