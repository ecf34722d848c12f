package e2e_test

import (
	"context"
	"strings"
	"testing"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/account-operator/account-operator/api/v1alpha1"
)

// storeID is the ID of the scene's store.
func (s *scene) storeID() string {
	s.Helper()
	return s.column(`SELECT store_id FROM identity`)[0]
}

// led leads the scene to another, empty store.
func (s *scene) led(t *testing.T) (former database) {
	s.Helper()
	former = s.store
	s.store = newDatabase(t, former.dialect)
	return former
}

func TestAnotherStore_SameCluster_IsRefusedAndNothingIsTouched(t *testing.T) {
	onBoth(t, func(t *testing.T, dialect string) {
		s := newScene(t, dialect)
		s.used()
		id := s.storeID()
		former := s.led(t)

		// When a manager is led to an empty store, with a Lease or without, in whichever namespace the Lease is
		for _, args := range [][]string{
			{"--watch-namespaces=" + s.ns},
			{"--watch-namespaces=" + s.ns + ",elsewhere", "--leader-elect", "--leader-elect-namespace=default", "--leader-elect-id=stray"},
		} {
			// Then it ends at once, and says which store is meant and what to type
			assertRefused(t, s.begin(args...), mendIt, id, "an empty database", "right store", "--new-store="+id, "AnotherStore")
		}
		assertRefused(t, s.begin("--watch-namespaces="+s.ns, "--new-store=nonsense"), mendIt, id)

		// And on the right store everything is as it was
		s.store = former
		before := s.content()
		set := &v1alpha1.EnvVarSet{ObjectMeta: metav1.ObjectMeta{Name: "base", Namespace: s.ns}}
		s.start(s.as("again"))
		s.becomesReady(set)
		if set.Status.StoreID != id {
			t.Errorf("status speaks of the store %q, want %q", set.Status.StoreID, id)
		}
		if after := s.content(); after["accounts"] != before["accounts"] {
			t.Errorf("accounts became\n%s\nwere\n%s", after["accounts"], before["accounts"])
		}
	})
}

func TestNewStore_OldOneGivenUp_AccountsAreMadeAgainAndDeletionsWait(t *testing.T) {
	onBoth(t, func(t *testing.T, dialect string) {
		s := newScene(t, dialect)
		m := s.start(s.as("manager"))
		alice, bob := account("alice"), account("bob")
		s.create(alice, bob)
		s.becomesReady(alice, bob)

		// Given an Account whose deletion waits for a running instance
		s.foreign(`INSERT INTO instances (id, account_id) SELECT 'i-1', id FROM accounts WHERE email = 'bob@example.com'`)
		s.delete(bob)
		s.becomes(bob, metav1.ConditionFalse, v1alpha1.ReasonDeletionBlocked)
		s.stop(m)
		id := s.storeID()
		s.led(t)

		// When the store is given up for an empty one
		m = s.start(s.as("second"), "--new-store="+id)

		// Then the Account is made again there, and the deletion waits
		s.eventually(func(ctx context.Context) string {
			s.must(s.api.Get(ctx, client.ObjectKeyFromObject(alice), alice))
			if alice.Status.StoreID == id {
				return "alice is still of the former store"
			}
			return ""
		})
		s.becomesReady(alice)
		message := s.becomes(bob, metav1.ConditionFalse, v1alpha1.ReasonAnotherStore)
		if !strings.Contains(message, id) || !strings.Contains(message, v1alpha1.AcceptStoreAnnotation+"="+s.storeID()) {
			t.Errorf("the deletion says %q", message)
		}
		if printed, err := m.Printed(); err != nil || !strings.Contains(printed, `"accounts":1,"accountDeletionsHeld":1`) {
			t.Errorf("it did not say before what becomes of them (%v)", err)
		}

		// And a start without the flag goes on as well
		s.stop(m)
		s.start(s.as("third"))
		s.becomesReady(alice)

		// And the deletion goes on once it is released
		s.must(s.api.Get(s.Context(), client.ObjectKeyFromObject(bob), bob))
		bob.Annotations = map[string]string{v1alpha1.AcceptStoreAnnotation: s.storeID()}
		s.must(s.api.Update(s.Context(), bob))
		s.isGone(bob)
	})
}

func TestTheRecord_OfAStore_StaysWhenTheManagerIsGone(t *testing.T) {
	t.Parallel()
	s := newScene(t, sqlite)
	s.used()
	var record corev1.ConfigMap
	s.must(s.api.Get(s.Context(), client.ObjectKey{Namespace: s.ns, Name: "account-operator-store"}, &record))
	if record.Data["storeID"] != s.storeID() || len(record.OwnerReferences) > 0 {
		t.Errorf("the record says %v", record.Data)
	}
}
