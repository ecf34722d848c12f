package scenarios

import (
	"context"
	"strings"
	"testing"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/account-operator/account-operator/api/v1alpha1"
	"github.com/account-operator/account-operator/internal/controller/object"
)

// forget gives an object that is being deleted the annotation that counts.
func (s *scenario) forget(obj object.Object) {
	s.Helper()
	change(s, obj, func(o object.Object) {
		o.SetAnnotations(map[string]string{v1alpha1.ForgetAnnotation: o.GetDeletionTimestamp().UTC().Format("2006-01-02T15:04:05Z")})
	})
}

// deleteForgetting deletes an object and forgets it before the manager sees the deletion.
func (s *scenario) deleteForgetting(obj object.Object) {
	s.Helper()
	s.stop()
	s.delete(obj)
	s.forget(obj)
	s.startManager()
}

// Given an annotation that a person who may only patch set in advance, when another deletes the object, then what it stood for goes
// all the same, and an event said before that the annotation lies in wait.
func TestForget_SetBeforeTheDeletion_HasNoEffectAndIsReported(t *testing.T) {
	for name, given := range map[string]string{"true": "true", "the time of another deletion": "2026-01-02T03:04:05Z", "empty": ""} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := withAlice(t)
			set := envVarSet("base", "alice", value("LOG_LEVEL", "debug"))
			set.Annotations = map[string]string{v1alpha1.ForgetAnnotation: given}
			s.create(set)
			s.becomesReady(set)
			if note := s.receivesEvent(set, "ForgetIgnored"); !strings.Contains(note, "has no effect") {
				t.Errorf("the event says %q", note)
			}

			s.delete(set)

			s.isGone(set)
			if s.count(`SELECT count(*) FROM env_vars`) != 0 {
				t.Error("the variable is still there")
			}
		})
	}
}

// Given an annotation that was reported, when the manager starts again, then it is not reported once more.
func TestForget_ReportedBeforeARestart_IsNotReportedAgain(t *testing.T) {
	t.Parallel()
	s := withAlice(t)
	set, owner := envVarSet("base", "alice", value("LOG_LEVEL", "debug")), &corev1.ConfigMap{ObjectMeta: named("owner")}
	set.Annotations = map[string]string{v1alpha1.ForgetAnnotation: "true"}
	s.create(set, owner)
	s.becomesReady(set)
	s.receivesEvent(set, "ForgetIgnored")

	s.restartManager()

	// What comes later is reported later.
	change(s, set, func(e *v1alpha1.EnvVarSet) {
		e.OwnerReferences = []metav1.OwnerReference{{APIVersion: "v1", Kind: "ConfigMap", Name: owner.Name, UID: owner.UID}}
	})
	s.receivesEvent(set, "Owned")
	if n := s.eventsOf(set)["ForgetIgnored"]; n != 1 {
		t.Errorf("%d events", n)
	}
}

// Given a deletion that cannot end, when the annotation has a value of before it, then an event says which one counts.
func TestForget_WrongValueDuringTheDeletion_SaysTheRightOne(t *testing.T) {
	t.Parallel()
	s := withAlice(t)
	alice := account2(s, "alice")
	s.foreign(addInstance)
	s.delete(alice)
	s.becomes(alice, metav1.ConditionFalse, v1alpha1.ReasonDeletionBlocked)

	change(s, alice, func(a *v1alpha1.Account) { a.Annotations = map[string]string{v1alpha1.ForgetAnnotation: "true"} })

	if note := s.receivesEvent(alice, "ForgetIgnored"); !strings.Contains(note, v1alpha1.ForgetValue(alice)) {
		t.Errorf("the event says %q", note)
	}
	s.becomes(alice, metav1.ConditionFalse, v1alpha1.ReasonDeletionBlocked)
}

// Given an account in sync, when another object becomes its owner, with which Kubernetes deletes it, then one event says so, and
// another once there are two.
func TestOwners_OfAnAccount_AreReportedOnce(t *testing.T) {
	t.Parallel()
	s := withAlice(t)
	alice := account2(s, "alice")
	first, second := &corev1.ConfigMap{ObjectMeta: named("first")}, &corev1.ConfigMap{ObjectMeta: named("second")}
	s.create(first, second)
	owns := func(by *corev1.ConfigMap) {
		change(s, alice, func(a *v1alpha1.Account) {
			a.OwnerReferences = append(a.OwnerReferences, metav1.OwnerReference{APIVersion: "v1", Kind: "ConfigMap", Name: by.Name, UID: by.UID})
		})
	}

	owns(first)
	if note := s.receivesEvent(alice, "Owned"); !strings.HasPrefix(note, `ConfigMap "first" owns this object`) {
		t.Errorf("the event says %q", note)
	}
	s.comparesAgain(alice)
	owns(second)

	s.eventually(soon, func() string {
		if n := s.eventsOf(alice)["Owned"]; n != 2 {
			return "not two events"
		}
		return ""
	})
	s.must(s.api.Delete(context.Background(), first))
	s.must(s.api.Delete(context.Background(), second))
	s.isGone(client.Object(alice))
}
