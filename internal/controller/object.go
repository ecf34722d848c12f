// Package controller keeps the backing store equal to what the objects say. reconciler is the life that every kind
// shares; a kind adds two verbs, sync and remove, and pure plans. All wiring stands in setup.go.
package controller

import (
	"context"

	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/account-operator/account-operator/api/v1alpha1"
)

// object is what every kind of ours is: *Account, *EnvVarSet, *CloudConnection.
type object interface {
	client.Object
	Common() *v1alpha1.CommonSpec
	CommonStatus() *v1alpha1.CommonStatus
}

// child is an object that belongs to an Account.
type child interface {
	object
	AccountName() string
}

// kind is what makes one kind differ from another. Both verbs set what they learn in the object's status, write nothing to
// Kubernetes and may be called again at any point.
type kind[T object] interface {
	// sync makes the store equal to the spec. A nil error says that it is. The news is what a person should hear of beside
	// what the conditions tell; mostly there is none.
	sync(ctx context.Context, obj T) (news, error)
	// remove ends in the store what the object stands for, as its deletionPolicy says. A nil error says that it is done.
	remove(ctx context.Context, obj T) error
	// released is called where the store has nothing more of an object that stays, so that what depends on it is woken.
	released(ctx context.Context, obj T)
}
