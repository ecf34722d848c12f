package config_test

import (
	"maps"
	"strings"
	"testing"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
)

// Whoever lists objects sees which are suspended, since Ready of such stays as it was.
func TestASuspendedObject_Listed_ShowsThatItIs(t *testing.T) {
	for _, kind := range applied() {
		for name, suspended := range map[string]bool{"going-on": false, "suspended": true} {
			o := ours(&unstructured.Unstructured{Object: object{"spec": maps.Clone(specs[kind])}}, kind, name)
			if suspended {
				o.Object["spec"].(object)["suspend"] = true
			}
			if err := admin.Create(t.Context(), o); err != nil {
				t.Fatal(err)
			}
			out, err := kubectl(t.Context(), "", "get", kind, name)
			if err != nil {
				t.Fatal(out)
			}
			if !strings.Contains(out, "SUSPENDED") || strings.Contains(out, " true ") != suspended {
				t.Errorf("%s %s is listed as\n%s", kind, name, out)
			}
		}
	}
}
