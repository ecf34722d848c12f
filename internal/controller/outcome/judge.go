package outcome

import (
	"errors"
	"fmt"
	"time"

	apierrors "k8s.io/apimachinery/pkg/api/errors"

	"github.com/account-operator/account-operator/api/v1alpha1"
	"github.com/account-operator/account-operator/internal/source"
	"github.com/account-operator/account-operator/internal/store"
)

// Verdict is what an outcome means for the object's conditions and for the queue.
type Verdict struct {
	Ready   bool
	Reason  v1alpha1.Reason
	Message string
	Stalled bool
	// Retry is what to hand to the queue: it comes back with backoff. Nil: it waits to be enqueued, at the latest at the resync.
	Retry error
	// Unfed says that no change feed covers this object: it is compared again at the resync also when it is ready.
	Unfed bool
	// After is when the store asked to be called again, or the rest follows; zero unless that is so.
	After time.Duration
}

// BlocksDeletion says that a deleted Account cannot go yet.
func (v Verdict) BlocksDeletion() bool {
	return v.Reason == v1alpha1.ReasonDeletionBlocked || v.Reason == v1alpha1.ReasonTransferTargetNotReady
}

// StoreHolds is what Ready says of an object unless asItStands knows better.
const StoreHolds = "the store holds what the spec says"

// Judge maps the outcome of sync or remove to a verdict. It is pure, and the only place that knows what an error means.
func Judge(err error) Verdict {
	if err == nil {
		return Verdict{Ready: true, Reason: v1alpha1.ReasonSynced, Message: StoreHolds}
	}
	if errors.Is(err, ErrObserved) {
		return Verdict{Ready: true, Unfed: true, Reason: v1alpha1.ReasonObserved, Message: "status shows the account as the store has it; it is not written"}
	}
	if v, ok := judgeBlocked(err); ok {
		return v
	}
	if v, ok := judgeStore(err); ok {
		return v
	}
	if api := (*apiFailure)(nil); errors.As(err, &api) {
		return Verdict{Reason: v1alpha1.ReasonAPIError, Message: apiMessage(err), Retry: err}
	}
	return Verdict{
		Reason: v1alpha1.ReasonStoreUnavailable, Retry: err,
		Message: "the store did not do what was asked; the operator tries again, its log has the error",
	}
}

func judgeBlocked(err error) (Verdict, bool) {
	if b := (*blocked)(nil); errors.As(err, &b) {
		return Verdict{Reason: b.reason, Message: b.message, Stalled: !b.waiting, Retry: b.retry, After: b.after}, true
	}
	if p := (*source.Problem)(nil); errors.As(err, &p) {
		// A missing source is often on its way, applied in the same breath; anything else is for a user to correct.
		return Verdict{Reason: p.Reason, Message: p.Message, Stalled: p.Reason != v1alpha1.ReasonSourceMissing}, true
	}
	return Verdict{}, false
}

func judgeStore(err error) (Verdict, bool) {
	if invalid := (*store.InvalidError)(nil); errors.As(err, &invalid) {
		return Verdict{
			Reason: v1alpha1.ReasonInvalid, Stalled: true,
			Message: fmt.Sprintf("the store refuses %s: %s", invalid.Field, invalid.Reason),
		}, true
	}
	if unsupported := (*store.UnsupportedError)(nil); errors.As(err, &unsupported) {
		return Verdict{
			Reason: v1alpha1.ReasonUnsupported, Stalled: true,
			Message: fmt.Sprintf("this store cannot hold %s; leave it out", unsupported.Feature),
		}, true
	}
	if limited := (*store.RateLimitedError)(nil); errors.As(err, &limited) {
		return Verdict{
			Reason: v1alpha1.ReasonRateLimited, After: limited.RetryAfter,
			Message: "the store asked to wait; the operator goes on by itself",
		}, true
	}
	return Verdict{}, false
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
