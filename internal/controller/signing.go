package controller

import (
	"context"
	"math/rand/v2"
	"slices"
	"time"

	ctrl "sigs.k8s.io/controller-runtime"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/account-operator/account-operator/api/v1alpha1"
)

// signOld has each status signed that a manager wrote from before there were signatures: one write each, spread over a resync, since all
// at once would be a storm after the upgrade. Until that is done, a status without a signature is believed.
func (l *leading) signOld(ctx context.Context) {
	for next := l.pace.Recount; !l.allSigned.Load(); next = jittered(l.resync) {
		if pause(ctx, next); ctx.Err() != nil {
			return
		}
		unsigned := 0
		for _, r := range l.reported {
			unsigned += r.signLater(l.resync)
		}
		if unsigned > 0 {
			continue
		}
		if err := l.led.SetAllSigned(ctx); err != nil {
			if ctx.Err() == nil {
				ctrl.LoggerFrom(ctx).Error(err, "remember that each status is signed")
			}
			continue
		}
		l.allSigned.Store(true)
	}
}

// signLater enqueues the objects whose status has no signature at random times within this one, and returns how many there are.
func (r *reported) signLater(within time.Duration) (unsigned int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, e := range r.reports {
		if e.obj != nil && lacksSignature(e.obj) {
			unsigned++
			after := rand.N(max(within, 1)) //nolint:gosec // spreading load needs no cryptography
			r.leading.queues.addAfter(r.kind, client.ObjectKeyFromObject(e.obj), after)
		}
	}
	return unsigned
}

// signs reports whether a status that is true has to be written because nobody signed it. The first pass after a start only finds that
// it is true: it comes for all objects at once.
func (r *reported) signs(obj client.Object) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	e := r.reports[obj.GetUID()]
	return e != nil && e.sure && lacksSignature(obj)
}

func observedGeneration(obj client.Object) int64 {
	if x, is := obj.(*v1alpha1.AccountAction); is {
		return x.Status.ObservedGeneration
	}
	return obj.(object).CommonStatus().ObservedGeneration
}

// lacksSignature reports whether a manager from before there were signatures can have written this status.
func lacksSignature(obj client.Object) bool {
	_, conditions := ownStatus(obj)
	return *signatureIn(obj) == "" && observedGeneration(obj) >= 0 && obj.GetDeletionTimestamp().IsZero() && slices.ContainsFunc(conditions, isOwn)
}
