package leader

import (
	"context"
	"time"

	"k8s.io/apimachinery/pkg/api/equality"
	ctrl "sigs.k8s.io/controller-runtime"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/account-operator/account-operator/api/v1alpha1"
	"github.com/account-operator/account-operator/internal/controller/object"
	"github.com/account-operator/account-operator/internal/controller/outcome"
	"github.com/account-operator/account-operator/internal/store"
)

// StoreRecord is what the cluster knows of the store.
type StoreRecord interface {
	// Admit refuses a store in which the cluster's objects were not made. Where the store was put back to an older state since
	// the cluster knew it last, it gives what the cluster knew. lost asks the store whether it lost a write that it had.
	Admit(ctx context.Context, is store.Identity, lost func(context.Context, store.Commit) (bool, error)) (putBackFrom *store.Identity, err error)
	// Keep writes what the store is now.
	Keep(ctx context.Context, is store.Identity) error
	// Former reports whether objects that were made in the store of this ID may be made again in the present one.
	Former(id string) bool
	// Object is what events about the store are about.
	Object() client.Object
}

// admit asks which store this is, once it has its schema, and whether it is older than the cluster knows.
func (s *Session) admit(ctx context.Context) (putBackFrom *store.Identity, err error) {
	if s.identity, err = s.Store.Identity(ctx); err != nil || s.Record == nil {
		return nil, err
	}
	return s.Record.Admit(ctx, s.identity, s.Store.Lost)
}

// keepRecord has the cluster know how far the store has come.
func (s *Session) keepRecord(ctx context.Context) error {
	if s.Record == nil {
		return nil
	}
	is, err := s.Store.Identity(ctx)
	if err != nil {
		return err
	}
	return outcome.FromAPI(s.Record.Keep(ctx, is))
}

// Identity is the store as it was last seen.
func (s *Session) Identity() *store.Identity { return s.known.Load() }

// keepTimeout bounds what a manager that was asked to stop still writes.
const keepTimeout = 2 * time.Second

// keepLast is keepRecord at a manager's end, so that a store that is put back while no manager runs is noticed at the next start.
// Without it that is as certain only by what the last resync saw.
func (s *Session) keepLast(ctx context.Context) {
	ctx, cancel := context.WithTimeout(ctx, keepTimeout)
	defer cancel()
	if err := s.keepRecord(ctx); err != nil {
		ctrl.LoggerFrom(ctx).Info("the cluster does not know how far the store has come", "cause", err.Error())
	}
}

// Elsewhere reports whether status says that the object was made in another store.
func (s *Session) Elsewhere(obj client.Object) bool {
	o, is := obj.(object.Object)
	return is && o.CommonStatus().StoreID != "" && o.CommonStatus().StoreID != s.identity.ID
}

// HeldBack is why an object is left alone that was made in another store; nil for any other. Status decides it, which may be
// forged: so it holds this object only.
func (s *Session) HeldBack(obj object.Object) error {
	made := obj.CommonStatus().StoreID
	switch {
	case made == "" || made == s.identity.ID || obj.GetAnnotations()[v1alpha1.AcceptStoreAnnotation] == s.identity.ID:
		return nil
	case obj.GetDeletionTimestamp().IsZero() && s.Record != nil && s.Record.Former(made):
		return nil
	}
	does := "it is left as it is"
	if !obj.GetDeletionTimestamp().IsZero() {
		does = "its deletion waits"
	}
	return outcome.StalledBy(v1alpha1.ReasonAnotherStore,
		"this object was made in the store %s and the manager works on the store %s, so %s; lead the manager to the right store, "+
			"or, if this one is right, annotate the object with %s=%s", made, s.identity.ID, does, v1alpha1.AcceptStoreAnnotation, s.identity.ID)
}

// Places notes in a status that is written anyway which store it speaks of.
func (s *Session) Places(before, obj object.Object, v outcome.Verdict) {
	if (v.Ready || v.Reason == v1alpha1.ReasonNameConflict) && !equality.Semantic.DeepEqual(before, obj) {
		obj.CommonStatus().StoreID = s.identity.ID
	}
}
