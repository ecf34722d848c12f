package scenarios

import (
	"context"
	"slices"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/account-operator/account-operator/api/v1alpha1"
	"github.com/account-operator/account-operator/internal/store/storetest"
)

// An object that has rows in the store and no finalizer leaves them behind when it is deleted.
func TestFinalizer_NotYetThere_NothingIsStored(t *testing.T) {
	alice, set, conn := account("alice", email), envVarSet("base", "alice", value("A", "1")), s3Connection("data", "alice", "s3")
	puts := map[string]client.Object{"PutAccount": alice, "SyncEnvVars": set, "PutConnection": conn}
	var mu sync.Mutex
	var early []string
	api, err := client.New(local.Config(), client.Options{Scheme: testScheme()})
	if err != nil {
		t.Fatal(err)
	}
	s := newScenarioOn(t, func(call string, when storetest.Moment) error {
		obj := puts[call]
		if obj == nil || when != storetest.Before {
			return nil
		}
		now := obj.DeepCopyObject().(client.Object)
		err := api.Get(context.Background(), client.ObjectKeyFromObject(obj), now)
		if err != nil || !slices.Contains(now.GetFinalizers(), v1alpha1.Finalizer) {
			mu.Lock()
			defer mu.Unlock()
			early = append(early, call)
		}
		return nil
	})
	for _, o := range puts {
		o.SetNamespace(s.ns)
	}
	s.create(secret("s3", "access-key-id", "1", "secret-access-key", "2"), alice.DeepCopy(), set.DeepCopy(), conn.DeepCopy())
	s.becomesReady(alice.DeepCopy(), set.DeepCopy(), conn.DeepCopy())

	mu.Lock()
	defer mu.Unlock()
	if diff := cmp.Diff([]string(nil), early); diff != "" {
		t.Errorf("calls for objects without a finalizer (-want +got):\n%s", diff)
	}
}

// Status may be lost, with a restore or by another client. What a set holds, the store knows.
func TestEnvVarSet_NameRemovedAndStatusLost_LeavesTheAccount(t *testing.T) {
	s := withAlice(t)
	set := envVarSet("base", "alice", value("A", "1"), value("B", "2"))
	s.create(set)
	s.becomesReady(set)
	s.foreign(`INSERT INTO env_vars (account_id, name, value, version) SELECT id, 'MINE', x'00', 1 FROM accounts`)

	s.stop()
	change(s, set, func(e *v1alpha1.EnvVarSet) { e.Spec.Env = e.Spec.Env[:1] })
	lost := set.DeepCopy()
	lost.Status = v1alpha1.EnvVarSetStatus{Names: []string{"MINE"}}
	s.must(s.api.Status().Update(context.Background(), lost))
	s.startManager()

	s.becomesReady(set)
	s.eventuallyHas("A", "MINE")
}
