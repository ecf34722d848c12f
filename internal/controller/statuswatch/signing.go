package statuswatch

import (
	"context"
	"math/rand/v2"
	"slices"
	"time"

	ctrl "sigs.k8s.io/controller-runtime"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/account-operator/account-operator/api/v1alpha1"
	"github.com/account-operator/account-operator/internal/controller/object"
	"github.com/account-operator/account-operator/internal/controller/status"
	"github.com/account-operator/account-operator/internal/controller/timing"
)

// SignOld has each status signed that a manager wrote from before there were signatures: one write each, spread over a resync, since all
// at once would be a storm after the upgrade. Until that is done, a status without a signature is believed. It begins after a delay.
func SignOld(ctx context.Context, lead leadership, all []*Statuses, delay, resync time.Duration) {
	for next := delay; !lead.AllSigned(); next = timing.Jittered(resync) {
		if timing.Pause(ctx, next); ctx.Err() != nil {
			return
		}
		unsigned := 0
		for _, r := range all {
			unsigned += r.signLater(resync)
		}
		if unsigned > 0 {
			continue
		}
		if err := lead.SetAllSigned(ctx); err != nil && ctx.Err() == nil {
			ctrl.LoggerFrom(ctx).Error(err, "remember that each status is signed")
		}
	}
}

// signLater enqueues the objects whose status has no signature at random times within this one, and returns how many there are.
func (r *Statuses) signLater(within time.Duration) (unsigned int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, e := range r.reports {
		if e.obj != nil && lacksSignature(e.obj) {
			unsigned++
			after := rand.N(max(within, 1)) //nolint:gosec // spreading load needs no cryptography
			r.Queues.AddAfter(r.kind, client.ObjectKeyFromObject(e.obj), after)
		}
	}
	return unsigned
}

// NeedsSignature reports whether a status that is true has to be written because it is unsigned. The first reconcile after a start only finds that
// it is true: it comes for all objects at once.
func (r *Statuses) NeedsSignature(obj client.Object) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	e := r.reports[obj.GetUID()]
	return e != nil && e.sure && lacksSignature(obj)
}

func observedGeneration(obj client.Object) int64 {
	if x, is := obj.(*v1alpha1.AccountAction); is {
		return x.Status.ObservedGeneration
	}
	return obj.(object.Object).CommonStatus().ObservedGeneration
}

// lacksSignature reports whether a manager from before there were signatures can have written this status.
func lacksSignature(obj client.Object) bool {
	_, conditions := status.Own(obj)
	return *status.SignatureIn(obj) == "" && observedGeneration(obj) >= 0 && obj.GetDeletionTimestamp().IsZero() && slices.ContainsFunc(conditions, status.IsOwn)
}
