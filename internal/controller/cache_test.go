package controller

import (
	"fmt"
	"strings"
	"testing"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// The manager does not keep in memory what kubectl apply notes on an object. It must not take the note away either: the next
// apply compares with it.
func TestWhatKubectlNotesOnAnObjectStaysThere(t *testing.T) {
	s := withAlice(t)
	const note = `{"spec":{"env":[{"name":"A","value":"1"}]}}`
	set := envVarSet("base", "alice", value("A", "1"))
	set.Annotations = map[string]string{corev1.LastAppliedConfigAnnotation: note, "example.com/owner": "team-a"}

	s.create(set) // the manager writes its finalizer and then status
	s.becomesReady(set)

	if set.Annotations[corev1.LastAppliedConfigAnnotation] != note || len(set.Annotations) != 2 {
		t.Errorf("the annotations are %v", set.Annotations)
	}
}

// Given a Secret as kubectl apply leaves it, with its content in an annotation, when the manager's cache takes what it watches of it, then
// nothing but name, version and labels is kept.
func TestSecretsInMemory_Watched_AreBare(t *testing.T) {
	of := CacheOptions(nil, nil).ByObject
	for obj, kept := range of {
		o := obj.DeepCopyObject().(metav1.Object)
		o.SetName("kept")
		o.SetLabels(map[string]string{"of": "training"})
		o.SetAnnotations(map[string]string{corev1.LastAppliedConfigAnnotation: canary})
		o.SetManagedFields([]metav1.ManagedFieldsEntry{{Manager: canary}})
		got, err := kept.Transform(o)
		if err != nil {
			t.Fatal(err)
		}
		if told := fmt.Sprintf("%+v", got); strings.Contains(told, canary) || !strings.Contains(told, "training") {
			t.Errorf("of a %T is kept: %s", obj, told)
		}
	}
	if len(of) != 3 { // Secrets, ConfigMaps and Namespaces; all are watched as metadata
		t.Errorf("%d kinds that are not ours are watched", len(of))
	}
}
