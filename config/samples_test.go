package config_test

import (
	"testing"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"sigs.k8s.io/controller-runtime/pkg/client"
)

func TestSamples_Applied_AreAccepted(t *testing.T) {
	mustKubectl(t, "", "create", "namespace", "samples")
	mustKubectl(t, "", "apply", "--namespace=samples", "--validate=strict", "-k", "samples")
	for _, kind := range applied() {
		list := &unstructured.UnstructuredList{}
		list.SetAPIVersion("account-operator.io/v1alpha1")
		list.SetKind(kind + "List")
		if err := admin.List(t.Context(), list, client.InNamespace("samples")); err != nil {
			t.Fatal(err)
		}
		if len(list.Items) == 0 {
			t.Errorf("no sample of %s", kind)
		}
	}
}

func TestSamples_SetForMany_IsAcceptedBesideThem(t *testing.T) {
	mustKubectl(t, "", "create", "namespace", "samples-for-many")
	mustKubectl(t, "", "apply", "--namespace=samples-for-many", "--validate=strict", "-k", "samples")
	mustKubectl(t, "", "apply", "--namespace=samples-for-many", "--validate=strict", "-f", "samples/envvarset-for-many.yaml")
}
