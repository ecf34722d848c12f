package v1alpha1_test

import (
	"os"
	"path/filepath"
	"slices"
	"testing"

	apiextensionsv1 "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1"
	"sigs.k8s.io/yaml"
)

// A category named like a kind's plural would make "kubectl delete accounts --all" delete every kind.
func TestCategory_Name_IsNoKinds(t *testing.T) {
	files, err := filepath.Glob("../../config/crd/bases/*.yaml")
	if err != nil || len(files) != len(kinds) {
		t.Fatalf("definitions: %v, %v", files, err)
	}
	var names, categories []string
	for _, f := range files {
		content, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		var crd apiextensionsv1.CustomResourceDefinition
		if err := yaml.Unmarshal(content, &crd); err != nil {
			t.Fatal(err)
		}
		n := crd.Spec.Names
		names = append(append(names, n.Plural, n.Singular), n.ShortNames...)
		categories = append(categories, n.Categories...)
	}
	for _, c := range categories {
		if slices.Contains(names, c) {
			t.Errorf("the category %q is also a name of a kind", c)
		}
	}
	if len(categories) != len(kinds) {
		t.Errorf("categories are %v", categories)
	}
}
