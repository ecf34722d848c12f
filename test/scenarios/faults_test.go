package scenarios

import (
	"context"
	"errors"
	"fmt"
	"sync/atomic"
	"testing"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/account-operator/account-operator/api/v1alpha1"
	"github.com/account-operator/account-operator/internal/store"
	"github.com/account-operator/account-operator/internal/store/storetest"
)

// faulty is a store that fails whoever leads it when the hook says so, or that of the object which is worked on.
type faulty struct {
	store.Store
	hook   storetest.Hook
	hookOf func(store.Claim) storetest.Hook // nil: all have the one
	folds  bool                             // it says that it folds names
}

func (f faulty) Capabilities() store.Capabilities {
	c := f.Store.Capabilities()
	c.FoldsNames = f.folds
	return c
}

func (f faulty) Lead(ctx context.Context, cluster, lease string) (store.FencedStore, error) {
	if err := f.hook("Lead", storetest.Before); err != nil {
		return nil, err
	}
	fenced, err := f.Store.Lead(ctx, cluster, lease)
	if err != nil {
		return nil, err
	}
	if f.hookOf != nil {
		return storetest.FaultyFor(fenced, f.hookOf), nil
	}
	return storetest.Faulty(fenced, f.hook), f.hook("Lead", storetest.After)
}

// Every call to the store fails once, before it does anything or after it has done all, in the life of one object of each
// kind: each time the end is the same, and nothing is there twice.
func TestStore_AnyCallFailsOnce_EndsTheSame(t *testing.T) {
	for _, call := range []string{
		"Applied", "Changes", "Purge", "PutAccount", "SyncEnvVars", "PutConnection", "RemoveEnvVars", "DeleteConnection", "DeleteAccount",
	} {
		for _, moment := range []storetest.Moment{storetest.Before, storetest.After} {
			t.Run(fmt.Sprintf("%s %s", call, moment), func(t *testing.T) {
				t.Parallel()
				var struck atomic.Int32
				s := newScenarioOn(t, func(done string, when storetest.Moment) error {
					if done == call && when == moment && struck.Add(1) == 1 {
						return errors.New("the connection broke")
					}
					return nil
				})
				s.liveOneLife()
				if struck.Load() == 0 {
					t.Error("void: the fault did not strike")
				}
			})
		}
	}
}

// liveOneLife makes one object of each kind, reads the store, and deletes them.
func (s *scenario) liveOneLife() {
	s.Helper()
	alice, set, conn := account("alice", email), envVarSet("base", "alice", value("A", "1")), s3Connection("data", "alice", "s3")
	s.create(alice, secret("s3", "access-key-id", "1", "secret-access-key", "2"), set, conn)
	s.becomesReady(alice, set, conn)
	for _, table := range []string{"accounts", "env_vars", "connections"} {
		if n := s.count(`SELECT count(*) FROM ` + table); n != 1 {
			s.Errorf("%d rows of %s", n, table)
		}
	}
	s.delete(set)
	s.delete(conn)
	s.isGone(set)
	s.isGone(conn)
	s.delete(alice)
	s.isGone(alice)
	if n := s.count(`SELECT (SELECT count(*) FROM accounts WHERE deleted_at IS NULL) +
		(SELECT count(*) FROM env_vars) + (SELECT count(*) FROM connections)`); n != 0 {
		s.Errorf("%d rows outlived their objects", n)
	}
}

func TestStore_IsDown_ObjectsReportItAndGoOnAfterwards(t *testing.T) {
	var down atomic.Bool
	down.Store(true)
	s := newScenarioOn(t, func(call string, _ storetest.Moment) error {
		if down.Load() && call == "PutAccount" {
			return errors.New("connection refused")
		}
		return nil
	})
	alice := account("alice", email)
	s.create(alice)
	s.becomes(alice, metav1.ConditionFalse, v1alpha1.ReasonStoreUnavailable)
	if s.has(alice, v1alpha1.ConditionStalled) {
		t.Error("Stalled, though the operator goes on by itself")
	}
	resourceVersion := alice.ResourceVersion

	down.Store(false)
	s.becomesReady(alice)
	if alice.Generation != 1 || resourceVersion == alice.ResourceVersion {
		t.Error("status was not written again")
	}
}

func TestFencing_AnotherLeaderTookOver_EndsTheManager(t *testing.T) {
	var fenced atomic.Bool
	s := newScenarioOn(t, func(call string, when storetest.Moment) error {
		if fenced.Load() && call == "PutAccount" && when == storetest.Before {
			return store.ErrFenced
		}
		return nil
	})
	alice := account("alice", email)
	s.create(alice)
	s.becomesReady(alice)

	fenced.Store(true)
	change(s, alice, func(a *v1alpha1.Account) { a.Spec.Preferences.Theme = "Dark" })

	if err := s.ended(); !errors.Is(err, store.ErrFenced) {
		t.Errorf("the manager ended with: %v", err)
	}
}
