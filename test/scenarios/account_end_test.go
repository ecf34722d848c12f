package scenarios

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/account-operator/account-operator/api/v1alpha1"
	"github.com/account-operator/account-operator/internal/store"
)

// Given a managed account, when its holder asks for its deletion, then the Account says so, by a condition, one event and a metric, and goes on;
// when the holder takes it back, then nothing is left of it.
func TestDeletion_AskedForByTheHolder_IsShownAndNothingIsDeleted(t *testing.T) {
	s := withAlice(t)
	alice := account2(s, "alice")
	s.becomesReady(alice)
	h := s.portal().Holder(alice.Status.AccountID)

	s.must(h.RequestDeletion(t.Context()))

	s.hasConditionWithin(alice, v1alpha1.ConditionDeletionRequested, metav1.ConditionTrue, v1alpha1.ReasonHolderAsked)
	s.receivesEvent(alice, "DeletionRequested")
	s.metricIs("account_operator_deletions_requested", 1)
	change(s, alice, func(a *v1alpha1.Account) { a.Spec.Preferences.Theme = "Dark" })
	s.becomesReady(alice)
	s.must(s.portal().Holder(alice.Status.AccountID).Set(t.Context(), store.HolderSpec{Settings: store.Settings[*string]{Username: ptr("hers")}}))
	s.eventually(atOnce, func() string {
		s.becomesReady(alice)
		if alice.Status.Settings.Username != "hers" || !s.has(alice, v1alpha1.ConditionDeletionRequested) {
			return "status does not show both"
		}
		return ""
	})
	if n := s.events(alice, "DeletionRequested"); n != 1 {
		t.Errorf("%d events", n)
	}

	s.must(h.WithdrawDeletion(t.Context()))

	s.eventually(atOnce, func() string {
		s.becomesReady(alice)
		if s.has(alice, v1alpha1.ConditionDeletionRequested) {
			return "the condition is still there"
		}
		return ""
	})
	s.metricIs("account_operator_deletions_requested", 0)
}

// Given a member who is signed in, when the spec suspends the access, then the session is over within a second, what the account holds goes on
// being written, and another program that lifts it does so in vain; without it the holder signs in as before.
func TestAccess_Suspended_EndsSessionsAtOnceAndNothingElse(t *testing.T) {
	s := withAlice(t)
	alice, set := account2(s, "alice"), envVarSet("base", "alice", value("A", "1"))
	s.create(set)
	s.becomesReady(alice, set)
	pages := s.portal()
	s.foreign(`UPDATE accounts SET password_hash = 'hash', email_verified_at = created_at`)
	signsIn := func() (store.Given, error) {
		judged, err := pages.TrySignIn(t.Context(), email, store.Browser{})
		s.must(err)
		return pages.BeginSession(t.Context(), judged, store.Browser{})
	}
	given, err := signsIn()
	s.must(err)

	change(s, alice, func(a *v1alpha1.Account) { a.Spec.SuspendAccess = true })

	s.eventually(atOnce, func() string {
		if _, err := pages.Session(t.Context(), given.Session); !errors.Is(err, store.ErrNotFound) {
			return "the session is still on"
		}
		return ""
	})
	s.hasConditionWithin(alice, v1alpha1.ConditionAccessSuspended, metav1.ConditionTrue, v1alpha1.ReasonAccessSuspended)
	change(s, set, func(e *v1alpha1.EnvVarSet) { e.Spec.Env[0].Value = ptr("2") })
	s.becomesReady(alice, set)

	s.foreign(`UPDATE accounts SET access_suspended_at = NULL`)
	s.eventually(atOnce, func() string {
		if s.count(`SELECT count(*) FROM accounts WHERE access_suspended_at IS NOT NULL`) == 1 {
			return ""
		}
		return "it was not put back"
	})
	if !strings.Contains(s.receivesEvent(alice, "DriftCorrected"), "suspendAccess") {
		t.Error("the event does not name it")
	}
	if _, err := signsIn(); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("somebody signed in: %v", err)
	}

	change(s, alice, func(a *v1alpha1.Account) { a.Spec.SuspendAccess = false })
	s.becomesReady(alice)
	if s.has(alice, v1alpha1.ConditionAccessSuspended) {
		t.Error("the condition is still there")
	}
	if _, err := signsIn(); err != nil {
		t.Error(err)
	}
}

// metricIs waits until a metric is as much.
func (s *scenario) metricIs(name string, want float64) {
	s.Helper()
	s.eventually(atOnce, func() string {
		if got := s.measures(name); got != want {
			return fmt.Sprintf("%s is %v and not %v", name, got, want)
		}
		return ""
	})
}

// events counts those of an object with a reason.
func (s *scenario) events(obj client.Object, reason string) (n int) {
	s.Helper()
	var all corev1.EventList
	s.must(s.api.List(context.Background(), &all, client.InNamespace(s.ns)))
	for _, e := range all.Items {
		if e.InvolvedObject.Name == obj.GetName() && e.Reason == reason {
			n += max(1, int(e.Count))
		}
	}
	return n
}
