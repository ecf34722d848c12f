package controller

import (
	"errors"
	"fmt"
	"time"

	apierrors "k8s.io/apimachinery/pkg/api/errors"

	"github.com/account-operator/account-operator/api/v1alpha1"
	"github.com/account-operator/account-operator/internal/source"
	"github.com/account-operator/account-operator/internal/store"
)

// verdict is what an outcome means for the object's conditions and for the queue.
type verdict struct {
	ready   bool
	reason  v1alpha1.Reason
	message string
	stalled bool
	// retry is what to hand to the queue: it comes back with backoff. Nil: it waits to be woken, at the latest at the resync.
	retry error
	// unfed says that no change feed tells of this object: it is looked at again at the resync also when it is ready.
	unfed bool
	// after is when the store asked to be called again; zero unless it did.
	after time.Duration
}

// blocksDeletion tells of a deleted Account that it cannot go yet.
func (v verdict) blocksDeletion() bool {
	return v.reason == v1alpha1.ReasonDeletionBlocked || v.reason == v1alpha1.ReasonTransferTargetNotReady
}

// inSync is what Ready says of an object unless asItStands knows better.
const inSync = "the store holds what the spec says"

// asItStands says what the store holds of an object that is ready: not all that its spec says where the spec itself says so.
func asItStands(obj object) string {
	set, isSet := obj.(*v1alpha1.EnvVarSet)
	switch {
	case isSet && set.Spec.UpdatePolicy == v1alpha1.UpdateIfNotExists:
		return "each variable that the account lacked was written once; those that it has are its holder's and stay as they are, whatever the spec says"
	case len(obj.CommonStatus().Drifted) > 0:
		return inSync + ", but for what others changed and status.drifted names"
	default:
		return inSync
	}
}

// judge maps the outcome of sync or remove to a verdict. It is pure, and the only place that knows what an error means.
func judge(err error) verdict {
	if err == nil {
		return verdict{ready: true, reason: v1alpha1.ReasonSynced, message: inSync}
	}
	if errors.Is(err, errObserved) {
		return verdict{ready: true, unfed: true, reason: v1alpha1.ReasonObserved, message: "status shows the account as the store has it; it is not written"}
	}
	if v, ok := judgeBlocked(err); ok {
		return v
	}
	if v, ok := judgeStore(err); ok {
		return v
	}
	if api := (*apiFailure)(nil); errors.As(err, &api) {
		return verdict{reason: v1alpha1.ReasonAPIError, message: apiMessage(err), retry: err}
	}
	return verdict{
		reason: v1alpha1.ReasonStoreUnavailable, retry: err,
		message: "the store did not do what was asked; the operator tries again, its log has the error",
	}
}

func judgeBlocked(err error) (verdict, bool) {
	if b := (*blocked)(nil); errors.As(err, &b) {
		return verdict{reason: b.reason, message: b.message, stalled: !b.waiting}, true
	}
	if p := (*source.Problem)(nil); errors.As(err, &p) {
		// A missing source is often on its way, applied in the same breath; anything else is somebody's to mend.
		return verdict{reason: p.Reason, message: p.Message, stalled: p.Reason != v1alpha1.ReasonSourceMissing}, true
	}
	return verdict{}, false
}

func judgeStore(err error) (verdict, bool) {
	if invalid := (*store.InvalidError)(nil); errors.As(err, &invalid) {
		return verdict{
			reason: v1alpha1.ReasonInvalid, stalled: true,
			message: fmt.Sprintf("the store refuses %s: %s", invalid.Field, invalid.Reason),
		}, true
	}
	if unsupported := (*store.UnsupportedError)(nil); errors.As(err, &unsupported) {
		return verdict{
			reason: v1alpha1.ReasonUnsupported, stalled: true,
			message: fmt.Sprintf("this store cannot hold %s; leave it out", unsupported.Feature),
		}, true
	}
	if limited := (*store.RateLimitedError)(nil); errors.As(err, &limited) {
		return verdict{
			reason: v1alpha1.ReasonRateLimited, after: limited.RetryAfter,
			message: "the store asked to wait; the operator goes on by itself",
		}, true
	}
	return verdict{}, false
}

// apiMessage is stable: it has the API server's reason, none of its text, which may hold times and request IDs.
func apiMessage(err error) string {
	if apierrors.IsForbidden(err) {
		return "the API server refused a read that the operator needs; check the rights of its ServiceAccount in this namespace"
	}
	if reason := apierrors.ReasonForError(err); reason != "" {
		return fmt.Sprintf("the API server answered %s; the operator tries again", reason)
	}
	return "the API server did not answer; the operator tries again"
}
