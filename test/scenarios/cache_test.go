package scenarios

import (
	"testing"

	corev1 "k8s.io/api/core/v1"
)

// The manager does not keep in memory what kubectl apply notes on an object. It must not take the note away either: the next
// apply compares with it.
func TestObject_KubectlsAnnotation_Stays(t *testing.T) {
	s := withAlice(t)
	const note = `{"spec":{"env":[{"name":"A","value":"1"}]}}`
	set := envVarSet("base", "alice", value("A", "1"))
	set.Annotations = map[string]string{corev1.LastAppliedConfigAnnotation: note, "example.com/owner": "team-a"}
	set.Labels = map[string]string{"example.com/team": "a"}

	s.create(set) // the manager writes its finalizer and then status
	s.becomesReady(set)

	if set.Annotations[corev1.LastAppliedConfigAnnotation] != note || len(set.Annotations) != 2 || len(set.Labels) != 1 {
		t.Errorf("the annotations are %v, the labels %v", set.Annotations, set.Labels)
	}
}
