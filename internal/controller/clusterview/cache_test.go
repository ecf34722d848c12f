package clusterview

import (
	"fmt"
	"strings"
	"testing"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/account-operator/account-operator/api/v1alpha1"
	"github.com/account-operator/account-operator/internal/controller/object"
)

const hidden = "a value that must show nowhere"

// Given an object whose metadata a user filled with as much as an object holds, when the manager's cache takes it, then little of that is kept, and
// all that the manager reads.
func TestObjectsInMemory_FullOfMetadata_AreSlim(t *testing.T) {
	set := &v1alpha1.EnvVarSet{Spec: v1alpha1.EnvVarSetSpec{Env: []v1alpha1.EnvVar{{Name: "A"}}}}
	full := strings.Repeat("x", 1<<20)
	set.Labels = map[string]string{full: full}
	set.Annotations = map[string]string{v1alpha1.ForgetAnnotation: "true", full: full}
	for n := range 1000 {
		set.OwnerReferences = append(set.OwnerReferences, metav1.OwnerReference{APIVersion: full, Kind: full, Name: fmt.Sprint(n)})
	}

	kept, err := CacheOptions(nil, nil).DefaultTransform(set)
	if err != nil {
		t.Fatal(err)
	}

	if size := len(fmt.Sprintf("%+v", kept)); size > 10<<10 {
		t.Errorf("%d bytes are kept", size)
	}
	if !strings.HasSuffix(object.OwnersOf(set), ` "9"`) || set.Annotations[v1alpha1.ForgetAnnotation] == "" || len(set.Spec.Env) != 1 {
		t.Errorf("what is kept lacks something; its annotations are %v, it has %d owners", set.Annotations, len(set.OwnerReferences))
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
		o.SetAnnotations(map[string]string{corev1.LastAppliedConfigAnnotation: hidden})
		o.SetManagedFields([]metav1.ManagedFieldsEntry{{Manager: hidden}})
		got, err := kept.Transform(o)
		if err != nil {
			t.Fatal(err)
		}
		if kept := fmt.Sprintf("%+v", got); strings.Contains(kept, hidden) || !strings.Contains(kept, "training") {
			t.Errorf("of a %T is kept: %s", obj, kept)
		}
	}
	if len(of) != 3 { // Secrets, ConfigMaps and Namespaces; all are watched as metadata
		t.Errorf("%d kinds that are not ours are watched", len(of))
	}
}
