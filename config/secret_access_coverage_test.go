package config_test

import (
	"regexp"
	"slices"
	"testing"

	apiextensionsv1 "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"
)

// Whatever in the installed schemas has "secret" in its name, and holds more than text, is tried above; whatever is text is a
// key of a Secret. Unlike the generator of the policy, this looks at what the API server serves, and at every name.
func TestSecretAccess_EachReferenceInTheSchemas_IsTried(t *testing.T) {
	var tried []string
	for _, take := range takes {
		tried = append(tried, take.kind+" "+take.path)
	}
	kinds := &apiextensionsv1.CustomResourceDefinitionList{}
	scheme := admin.Scheme()
	if err := apiextensionsv1.AddToScheme(scheme); err != nil {
		t.Fatal(err)
	}
	if err := admin.List(t.Context(), kinds, client.MatchingLabels{"app.kubernetes.io/name": "account-operator"}); err != nil {
		t.Fatal(err)
	}
	var found []string
	for _, kind := range kinds.Items {
		for _, version := range kind.Spec.Versions {
			spec := version.Schema.OpenAPIV3Schema.Properties["spec"]
			for _, path := range secretsIn("spec", spec) {
				found = append(found, kind.Spec.Names.Kind+" "+path)
			}
		}
	}
	slices.Sort(tried)
	slices.Sort(found)
	if tried, found = slices.Compact(tried), slices.Compact(found); !slices.Equal(tried, found) {
		t.Errorf("tried are\n%q,\nand the schemas have\n%q", tried, found)
	}
}

var (
	ofSecret = regexp.MustCompile(`(?i)secret`)
	keyOf    = regexp.MustCompile(`Key$`)
)

func secretsIn(path string, schema apiextensionsv1.JSONSchemaProps) []string {
	var found []string
	for name, property := range schema.Properties {
		here := path + "." + name
		if ofSecret.MatchString(name) && (property.Type != "string" || !keyOf.MatchString(name)) {
			found = append(found, here)
			continue
		}
		found = append(found, secretsIn(here, property)...)
	}
	if schema.Items != nil && schema.Items.Schema != nil {
		found = append(found, secretsIn(path, *schema.Items.Schema)...)
	}
	if schema.AdditionalProperties != nil && schema.AdditionalProperties.Schema != nil {
		found = append(found, secretsIn(path+".*", *schema.AdditionalProperties.Schema)...)
	}
	return found
}
