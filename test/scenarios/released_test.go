package scenarios

import (
	"context"
	"strings"
	"testing"

	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/account-operator/account-operator/api/v1alpha1"
	"github.com/account-operator/account-operator/internal/controller/object"
)

// Given an object in sync that another program keeps by a finalizer, when it is deleted, then it says that the store has nothing of
// it any more, and why it is still there; what depends on it says so as well.
func TestDeletion_OtherFinalizerRemains_StatusSaysThatItIsReleased(t *testing.T) {
	for name, c := range map[string]struct {
		edit func(object.Object)
		says string
	}{
		"removed":   {func(object.Object) {}, "removed from the store"},
		"retained":  {func(o object.Object) { o.Common().DeletionPolicy = v1alpha1.DeletionRetain }, "left in the store"},
		"forgotten": {func(object.Object) {}, "the store was not touched"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newScenario(t)
			alice, set := account("alice", email), envVarSet("base", "alice", value("A", "1"))
			conn, waits := s3Connection("data", "alice", "s3"), envVarSet("waits", "alice", value("B", "1"))
			for _, o := range []object.Object{alice, set, conn} {
				o.SetFinalizers([]string{foreignFinalizer})
				c.edit(o)
			}
			s.create(secret("s3", "access-key-id", "1", "secret-access-key", "2"), alice, set, conn, waits)
			s.becomesReady(alice, set, conn, waits)

			for _, o := range []object.Object{set, conn, alice} {
				if name == "forgotten" {
					s.deleteForgetting(o)
				} else {
					s.delete(o)
				}
				message := s.becomes(o, metav1.ConditionFalse, v1alpha1.ReasonReleased)
				if !strings.Contains(message, c.says) || !strings.Contains(message, foreignFinalizer) {
					t.Errorf("%T says: %s", o, message)
				}
			}

			s.hasNoReport(alice, set, conn)
			if name != "forgotten" { // its account is still there, and serves what refers to it
				s.becomes(waits, metav1.ConditionFalse, v1alpha1.ReasonAccountNotReady)
			}
			for _, o := range []object.Object{set, conn, alice} {
				s.mends(o, forgeries["wiped"])
				change(s, o, func(o object.Object) { o.SetFinalizers(nil) })
				s.isGone(o)
			}
		})
	}
}

// hasNoReport makes sure that objects say nothing of what the store has.
func (s *scenario) hasNoReport(a *v1alpha1.Account, set *v1alpha1.EnvVarSet, conn *v1alpha1.CloudConnection) {
	s.Helper()
	if a.Status.AccountID != "" || a.Status.Settings != nil || set.Status.Names != nil || conn.Status.ConnectionID != "" {
		s.Errorf("status still reports: %+v, %+v, %+v", a.Status, set.Status, conn.Status)
	}
	for _, o := range []object.Object{a, set, conn} {
		if all := o.CommonStatus().Conditions; len(all) != 1 {
			s.Errorf("%T has the conditions %s", o, describe(all))
		}
	}
}

// Given an object whose finalizer of ours a person took away while another program's is there, when it is deleted, then it does not
// go on to say that it is Ready.
func TestDeletion_OurFinalizerTakenAway_StatusSaysThatNothingIsDone(t *testing.T) {
	t.Parallel()
	s := withAlice(t)
	set := envVarSet("base", "alice", value("A", "1"))
	set.Finalizers = []string{foreignFinalizer}
	s.create(set)
	s.becomesReady(set)
	s.stop()
	s.delete(set)
	change(s, set, func(e *v1alpha1.EnvVarSet) { e.Finalizers = []string{foreignFinalizer} })
	s.startManager()

	message := s.becomes(set, metav1.ConditionFalse, v1alpha1.ReasonReleased)
	if !strings.Contains(message, "removes nothing from the store") {
		t.Error(message)
	}
	change(s, set, func(e *v1alpha1.EnvVarSet) { e.Finalizers = nil })
	s.isGone(set)
}

// A deletion costs one write more only where another finalizer keeps the object.
func TestDeletion_OtherFinalizerRemains_CostsOneWriteMore(t *testing.T) {
	t.Parallel()
	s := withAlice(t)
	set := envVarSet("base", "alice", value("A", "1"))
	set.Finalizers = []string{foreignFinalizer}
	s.create(set)
	s.becomesReady(set)
	s.quiet(set)
	s.watch()

	s.delete(set)
	s.becomes(set, metav1.ConditionFalse, v1alpha1.ReasonReleased)

	s.costs("delete what another finalizer keeps", map[string]int{"patch envvarsets": 1, "update envvarsets/status": 1})
	s.must(s.api.Get(context.Background(), client.ObjectKeyFromObject(set), set))
	if meta.IsStatusConditionTrue(set.Status.Conditions, v1alpha1.ConditionReady) {
		t.Error("it is Ready")
	}
	change(s, set, func(e *v1alpha1.EnvVarSet) { e.Finalizers = nil })
	s.isGone(set)
}
