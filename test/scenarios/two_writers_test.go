package scenarios

import (
	"context"
	"fmt"
	"slices"
	"testing"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/account-operator/account-operator/api/v1alpha1"
	"github.com/account-operator/account-operator/test/fault"
	"github.com/account-operator/account-operator/test/long"
)

const (
	foreignFinalizer = "example.com/keep"
	foreignCondition = "Reviewed"
)

// Another client labels the object, keeps it by a finalizer and writes a condition of its own, while every round gives us
// a status to write.
func TestObject_TwoWriters_LoseNothing(t *testing.T) {
	edited := fault.Begin(t, fault.Case{Goal: "G9", Workload: "an account is changed", Action: "edit labels, status and finalizers"})
	s := withAlice(t)
	alice := account2(s, "alice")
	rounds := long.Choose(200, 1000)
	for round := range rounds {
		text := fmt.Sprint(round)
		change(s, alice, func(a *v1alpha1.Account) {
			a.Labels = map[string]string{"round": text}
			a.Spec.Username = ptr(v1alpha1.Line(text))
		})
		s.review(alice, text)
		change(s, alice, func(a *v1alpha1.Account) { a.Finalizers = toggled(a.Finalizers, round%2 == 0) })
		edited.Add(1)
	}
	last := fmt.Sprint(rounds - 1)

	s.becomesReady(alice)
	reviewed := meta.FindStatusCondition(alice.Status.Conditions, foreignCondition)
	if reviewed == nil || reviewed.Message != last || alice.Labels["round"] != last {
		t.Errorf("what another client wrote last is lost: %+v, %v", reviewed, alice.Labels)
	}
	if !slices.Contains(alice.Finalizers, v1alpha1.Finalizer) || slices.Contains(alice.Finalizers, foreignFinalizer) != (rounds%2 == 1) {
		t.Errorf("the finalizers are %v", alice.Finalizers)
	}
	if s.count(`SELECT count(*) FROM accounts WHERE username = ?`, last) != 1 || string(alice.Status.Settings.Username) != last {
		t.Error("what we wrote last is lost")
	}
}

// review writes a condition beside ours as a careful client does: on what it has seen, and again when that was old.
func (s *scenario) review(a *v1alpha1.Account, round string) {
	s.Helper()
	s.eventually(soon, func() string {
		s.must(s.api.Get(context.Background(), client.ObjectKeyFromObject(a), a))
		before := a.DeepCopy()
		meta.SetStatusCondition(&a.Status.Conditions, metav1.Condition{
			Type: foreignCondition, Status: metav1.ConditionTrue, Reason: "Round", Message: round,
		})
		err := s.api.Status().Patch(context.Background(), a, client.MergeFromWithOptions(before, client.MergeFromWithOptimisticLock{}))
		if apierrors.IsConflict(err) {
			return "it was written at the same time"
		}
		s.must(err)
		return ""
	})
}

// toggled adds the finalizer of another client, or takes it away.
func toggled(finalizers []string, add bool) []string {
	others := slices.DeleteFunc(slices.Clone(finalizers), func(f string) bool { return f == foreignFinalizer })
	if add {
		return append(others, foreignFinalizer)
	}
	return others
}
