package cluster_test

import (
	"context"
	"slices"
	"testing"

	admissionv1 "k8s.io/api/admissionregistration/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"sigs.k8s.io/controller-runtime/pkg/client"
)

func widget(namespace, name string) *unstructured.Unstructured {
	w := &unstructured.Unstructured{Object: map[string]any{"apiVersion": "test.example/v1", "kind": "Widget"}}
	w.SetNamespace(namespace)
	w.SetName(name)
	return w
}

func TestMutatingAdmissionPolicy_Installed_Acts(t *testing.T) {
	c := adminClient(t)
	policy, binding := finalizerPolicy("test-finalizer")
	for _, o := range []client.Object{policy, binding} {
		if err := c.Create(t.Context(), o); err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = c.Delete(context.Background(), o) })
	}
	namespace := newNamespace(t, c)
	// A policy takes effect a moment after it was created.
	eventually(t, func(ctx context.Context) bool {
		w := widget(namespace, "")
		w.SetGenerateName("probe-")
		if err := c.Create(ctx, w, client.DryRunAll); err != nil {
			t.Fatal(err)
		}
		return slices.Contains(w.GetFinalizers(), "test.example/finalizer")
	})
}

// finalizerPolicy adds a finalizer to each Widget as it is created.
func finalizerPolicy(name string) (*admissionv1.MutatingAdmissionPolicy, *admissionv1.MutatingAdmissionPolicyBinding) {
	ignore := admissionv1.Ignore
	meta := metav1.ObjectMeta{Name: name}
	policy := &admissionv1.MutatingAdmissionPolicy{ObjectMeta: meta, Spec: admissionv1.MutatingAdmissionPolicySpec{
		FailurePolicy:      &ignore,
		ReinvocationPolicy: admissionv1.NeverReinvocationPolicy,
		MatchConstraints: &admissionv1.MatchResources{ResourceRules: []admissionv1.NamedRuleWithOperations{{
			RuleWithOperations: admissionv1.RuleWithOperations{
				Operations: []admissionv1.OperationType{admissionv1.Create},
				Rule: admissionv1.Rule{
					APIGroups: []string{"test.example"}, APIVersions: []string{"v1"}, Resources: []string{"widgets"},
				},
			},
		}}},
		Mutations: []admissionv1.Mutation{{
			PatchType: admissionv1.PatchTypeApplyConfiguration,
			ApplyConfiguration: &admissionv1.ApplyConfiguration{
				Expression: `Object{metadata: Object.metadata{finalizers: ["test.example/finalizer"]}}`,
			},
		}},
	}}
	return policy, &admissionv1.MutatingAdmissionPolicyBinding{
		ObjectMeta: meta, Spec: admissionv1.MutatingAdmissionPolicyBindingSpec{PolicyName: name},
	}
}
