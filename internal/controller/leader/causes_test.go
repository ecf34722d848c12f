package leader

import (
	"testing"

	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/account-operator/account-operator/api/v1alpha1"
	"github.com/account-operator/account-operator/internal/controller/outcome"
	"github.com/account-operator/account-operator/internal/store"
	"github.com/account-operator/account-operator/test/causes"
)

// heldInStore is what Ready says where the manager works on the store "new".
func heldInStore(do func(*v1alpha1.Account)) outcome.Verdict {
	a := &v1alpha1.Account{}
	a.Status.StoreID = "old"
	do(a)
	return outcome.Judge((&Session{identity: store.Identity{ID: "new"}}).HeldBack(a))
}

func leaving(a *v1alpha1.Account) { a.DeletionTimestamp = &metav1.Time{Time: time.Unix(1, 0)} }

func TestConditions_EachCause_HasItsOwnWords(t *testing.T) {
	causes.Check(t, []causes.Cause{
		causes.Of("made in another store", heldInStore(func(*v1alpha1.Account) {}), v1alpha1.ReasonAnotherStore, `this object was made in the store old and the manager works on the store new, so it is left as it is; lead the manager to the right store, or, if this one is right, annotate the object with account-operator.io/accept-store=new`),
		causes.Of("made in another store, and deleted", heldInStore(leaving), v1alpha1.ReasonAnotherStore, `this object was made in the store old and the manager works on the store new, so its deletion waits; lead the manager to the right store, or, if this one is right, annotate the object with account-operator.io/accept-store=new`),
	}, v1alpha1.ReasonNameConflict)
}
