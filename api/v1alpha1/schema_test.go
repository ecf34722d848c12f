package v1alpha1_test

import (
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	apiextensionsv1 "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1"
	"sigs.k8s.io/yaml"
)

type schema = apiextensionsv1.JSONSchemaProps

// schemas returns the schema of every kind by its name, as it is installed.
func schemas(t *testing.T) map[string]*schema {
	t.Helper()
	files, err := filepath.Glob("../../config/crd/bases/*.yaml")
	if err != nil || len(files) == 0 {
		t.Fatalf("no definitions: %v", err)
	}
	kinds := map[string]*schema{}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		crd := apiextensionsv1.CustomResourceDefinition{}
		if err := yaml.UnmarshalStrict(text, &crd); err != nil {
			t.Fatalf("%s: %v", file, err)
		}
		kinds[crd.Spec.Names.Kind] = crd.Spec.Versions[0].Schema.OpenAPIV3Schema
	}
	return kinds
}

// visit calls see with every node below spec and status, parents first. An item of a list is seen as path[].
func visit(path string, s *schema, see func(path string, s *schema)) {
	if path != "" {
		see(path, s)
	}
	for _, name := range slices.Sorted(maps.Keys(s.Properties)) {
		child := s.Properties[name]
		switch {
		case path != "":
			visit(path+"."+name, &child, see)
		case name == "spec" || name == "status":
			visit(name, &child, see)
		}
	}
	if s.Items != nil {
		visit(path+"[]", s.Items.Schema, see)
	}
}

// leaves lists the paths below a root that hold a value and not further fields. A map is one value.
func leaves(root string, s *schema) []string {
	var found []string
	visit("", s, func(path string, s *schema) {
		if strings.HasPrefix(path, root+".") && (isMap(s) || s.Type != "object" && s.Type != "array") {
			found = append(found, path)
		}
	})
	return found
}

// nodes lists every node of a kind by its path.
func nodes(s *schema) map[string]*schema {
	found := map[string]*schema{}
	visit("", s, func(path string, s *schema) { found[path] = s })
	return found
}

func TestSchemas_EachField_IsBoundedAndExplained(t *testing.T) {
	for kind, s := range schemas(t) {
		visit("", s, func(path string, s *schema) {
			for _, fault := range faults(path, s) {
				t.Errorf("%s %s: %s", kind, path, fault)
			}
		})
	}
}

// faults lists what a node of a schema lacks.
func faults(path string, s *schema) []string {
	isItem := strings.HasSuffix(path, "[]")
	isBounded := s.MaxLength != nil || len(s.Enum) > 0 || s.Format == "date-time"
	var found []string
	for _, check := range []struct {
		bad  bool
		says string
	}{
		{s.Type == "string" && !isBounded, "a string without maxLength"},
		{isOpenMap(s), "a map without minProperties and maxProperties"},
		{s.Type == "array" && s.MaxItems == nil, "a list without maxItems"},
		{s.Type == "array" && s.XListType == nil, "a list without listType, so that server-side apply replaces it whole"},
		{s.Description == "" && (!isItem || s.Type == "object"), "no description, so that kubectl explain says nothing"},
		{slices.ContainsFunc(s.XValidations, func(r apiextensionsv1.ValidationRule) bool { return r.Message == "" }), "a rule without a message"},
	} {
		if check.bad {
			found = append(found, check.says)
		}
	}
	return found
}

func isMap(s *schema) bool { return s.AdditionalProperties != nil }

func isOpenMap(s *schema) bool { return isMap(s) && (s.MinProperties == nil || s.MaxProperties == nil) }
