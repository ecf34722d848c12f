package lifecycle

import (
	"testing"
	"testing/synctest"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/event"

	"github.com/account-operator/account-operator/api/v1alpha1"
	"github.com/account-operator/account-operator/internal/controller/syncstate"
)

// Given objects whose deletion the manager did not observe, or whose finalizer is an old one, when they are missing, then
// nothing of them is removed.
func TestFinalizerRace_EachDeletion_OnlyTheRacedOneIsMadeUpFor(t *testing.T) {
	gone := func(edit func(*v1alpha1.Account)) *v1alpha1.Account {
		a := &v1alpha1.Account{ObjectMeta: metav1.ObjectMeta{Namespace: "team", Name: "alice"}}
		a.UID, a.Finalizers = "1", []string{v1alpha1.Finalizer}
		edit(a)
		return a
	}
	as := func(*v1alpha1.Account) {}
	for name, c := range map[string]struct {
		puts     types.UID
		observed event.DeleteEvent
		want     int
	}{
		"it went past a finalizer that was just put":  {"1", event.DeleteEvent{Object: gone(as)}, 1},
		"it is missing after an outage or a restore":  {"1", event.DeleteEvent{Object: gone(as), DeleteStateUnknown: true}, 0},
		"its finalizer was put by another, some time": {"2", event.DeleteEvent{Object: gone(as)}, 0},
		"another client took the finalizer away":      {"1", event.DeleteEvent{Object: gone(func(a *v1alpha1.Account) { a.Finalizers = nil })}, 0},
		"it was deleted in order": {"1", event.DeleteEvent{Object: gone(func(a *v1alpha1.Account) {
			now := metav1.Now()
			a.DeletionTimestamp = &now
		})}, 0},
	} {
		t.Run(name, func(t *testing.T) {
			b := &FinalizerRace[*v1alpha1.Account]{Tracker: syncstate.New()}
			b.Tracker.AddingFinalizer(c.puts)
			b.deleted(c.observed)
			if got := b.named(client.ObjectKeyFromObject(c.observed.Object)); len(got) != c.want {
				t.Errorf("%d objects are to be ended", len(got))
			}
		})
	}
	t.Run("its finalizer was put two minutes ago", func(t *testing.T) {
		synctest.Test(t, func(*testing.T) {
			b := &FinalizerRace[*v1alpha1.Account]{Tracker: syncstate.New()}
			b.Tracker.AddingFinalizer("1")
			time.Sleep(2 * time.Minute) //nolint:forbidigo // on the clock of the bubble
			b.deleted(event.DeleteEvent{Object: gone(as)})
			if len(b.gone) != 0 {
				t.Error("it is to be ended")
			}
		})
	})
}
