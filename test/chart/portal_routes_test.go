package chart_test

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
)

// Both lead the host and the path of portal.url to the Service of the pages, and pass the path on as it came.
func TestTheWaysToThePages_OfAURLWithAPath_LeadToTheService(t *testing.T) {
	var found []string
	for _, o := range objects(t, template(t, "one", variants["everything"]...)) {
		var host, path, service string
		switch rules, _, _ := unstructured.NestedSlice(o.Object, "spec", "rules"); o.GetKind() {
		case "Ingress":
			rule := rules[0].(map[string]any)
			paths, _, _ := unstructured.NestedSlice(rule, "http", "paths")
			host, path = rule["host"].(string), paths[0].(map[string]any)["path"].(string)
			service, _, _ = unstructured.NestedString(paths[0].(map[string]any), "backend", "service", "name")
		case "HTTPRoute":
			hosts, _, _ := unstructured.NestedStringSlice(o.Object, "spec", "hostnames")
			matches, _, _ := unstructured.NestedSlice(rules[0].(map[string]any), "matches")
			backends, _, _ := unstructured.NestedSlice(rules[0].(map[string]any), "backendRefs")
			host, service = hosts[0], backends[0].(map[string]any)["name"].(string)
			path, _, _ = unstructured.NestedString(matches[0].(map[string]any), "path", "value")
		default:
			continue
		}
		found = append(found, o.GetKind()+" "+host+" "+path+" "+service)
	}
	slices.Sort(found)
	want := []string{"HTTPRoute example.com /accounts one-account-operator-portal", "Ingress example.com /accounts one-account-operator-portal"}
	if diff := cmp.Diff(want, found); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}
