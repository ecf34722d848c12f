package events

import (
	"strings"
	"testing"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/account-operator/account-operator/api/v1alpha1"
	"github.com/account-operator/account-operator/internal/controller/object"
)

var deletedAt = metav1.NewTime(time.Date(2026, 5, 1, 12, 0, 0, 0, time.UTC))

func inherits(all bool) func(object.Any) bool { return func(object.Any) bool { return all } }

// forgetting is an EnvVarSet with the annotation.
func forgetting(value string) *v1alpha1.EnvVarSet {
	set := &v1alpha1.EnvVarSet{}
	set.UID, set.Annotations = "1", map[string]string{v1alpha1.ForgetAnnotation: value}
	return set
}

func deleted(set *v1alpha1.EnvVarSet) *v1alpha1.EnvVarSet {
	set.DeletionTimestamp = &deletedAt
	return set
}

func TestWarnings_ForgetAnnotation_IsOfNoEffectUnlessItsValueCounts(t *testing.T) {
	for name, c := range map[string]struct {
		set  *v1alpha1.EnvVarSet
		says string // "": nothing
	}{
		"no annotation":                    {&v1alpha1.EnvVarSet{}, ""},
		"it lies in wait for a deletion":   {forgetting("true"), "an object that is being deleted, which this one is not"},
		"it has another value than counts": {deleted(forgetting("true")), `must be "2026-05-01T12:00:00Z"`},
		"its value counts":                 {deleted(forgetting("2026-05-01T12:00:00Z")), ""},
	} {
		t.Run(name, func(t *testing.T) {
			got := (&Warnings{}).Due(c.set, inherits(false))[0]
			if (c.says == "") != (got == Event{}) || !strings.Contains(got.Message, c.says) {
				t.Errorf("it warns of %+v, wanted %q", got, c.says)
			}
		})
	}
}

func TestWarnings_OfAnObject_AreDueOnceEach(t *testing.T) {
	// Given an object that another one owns
	w, set := &Warnings{}, forgetting("true")
	set.OwnerReferences = []metav1.OwnerReference{{Kind: "Job", Name: "training"}}

	// When it is reconciled for the first time, then each warning is due, and the second time none
	due := w.Due(set, inherits(false))
	if due[0].Reason != "ForgetIgnored" || due[1].Reason != eventOwned || !strings.Contains(due[1].Message, `Job "training"`) {
		t.Errorf("due at first: %+v", due)
	}
	if due = w.Due(set, inherits(false)); due != [2]Event{} {
		t.Errorf("due again: %+v", due)
	}

	// When one of them changes, then that one is due
	if due = w.Due(deleted(set), inherits(false)); due[0].Reason != "ForgetIgnored" || due[1] != (Event{}) {
		t.Errorf("due after a change: %+v", due)
	}

	// When both are over and come back, or the object is forgotten, then they are due again
	set.Annotations, set.OwnerReferences = nil, nil
	if due = w.Due(set, inherits(false)); due != [2]Event{} {
		t.Errorf("due when both are over: %+v", due)
	}
	if due = w.Due(deleted(forgetting("true")), inherits(false)); due[0].Reason != "ForgetIgnored" {
		t.Errorf("due when it is back: %+v", due)
	}
	w.Forget(set.UID)
	if due = w.Due(deleted(forgetting("true")), inherits(false)); due[0].Reason != "ForgetIgnored" {
		t.Errorf("due of an object that was forgotten: %+v", due)
	}
}

func TestWarnings_InheritedFromAPreviousManager_AreDueOnlyDuringADeletion(t *testing.T) {
	if due := (&Warnings{}).Due(forgetting("true"), inherits(true)); due[0] != (Event{}) {
		t.Errorf("of one at rest: %+v", due)
	}
	if due := (&Warnings{}).Due(deleted(forgetting("true")), inherits(true)); due[0].Reason != "ForgetIgnored" {
		t.Errorf("of one that is being deleted: %+v", due)
	}
}
