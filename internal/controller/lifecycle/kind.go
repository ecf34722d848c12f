package lifecycle

import (
	"context"

	"k8s.io/apimachinery/pkg/types"

	"github.com/account-operator/account-operator/internal/controller/events"
	"github.com/account-operator/account-operator/internal/controller/object"
)

// Kind is what makes one kind differ from another. Both verbs set what they learn in the object's status, write nothing to
// Kubernetes and may be called again at any point.
type Kind[T object.Object] interface {
	// Sync makes the store equal to the spec. A nil error says that it is. The Event is what a person should see beside
	// what the conditions show; mostly there is none.
	Sync(ctx context.Context, obj T) (events.Event, error)
	// Remove ends in the store what the object stands for, as its deletionPolicy says. A nil error says that it is done.
	Remove(ctx context.Context, obj T) error
	// Released is called where the store has nothing more of an object that stays, so that what depends on it is enqueued.
	Released(ctx context.Context, obj T)
	// Forget drops what is remembered of an object that is gone.
	Forget(uid types.UID)
}
