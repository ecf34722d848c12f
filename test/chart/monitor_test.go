package chart_test

import (
	"fmt"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/labels"
)

// Its kind is another project's, and not there to be asked. So this is what can be said without: the Service that it selects is
// the one with the metrics, under the port that it names, and no other of the release.
func TestServiceMonitor_Metrics_AreFound(t *testing.T) {
	manifests := objects(t, template(t, "watched", keyset, "--set=metrics.serviceMonitor.enabled=true,portal.url=https://accounts.example.com"))
	monitor := ofKind(manifests, "ServiceMonitor")[0].Object
	selects, _, _ := unstructured.NestedStringMap(monitor, "spec", "selector", "matchLabels")
	endpoints, _, _ := unstructured.NestedSlice(monitor, "spec", "endpoints")
	if len(selects) == 0 || len(endpoints) != 1 || endpoints[0].(map[string]any)["scheme"] != "https" {
		t.Fatalf("it selects %v, and reads %v", selects, endpoints)
	}
	var found []string
	for _, o := range ofKind(manifests, "Service") {
		if !labels.SelectorFromSet(selects).Matches(labels.Set(o.GetLabels())) {
			continue
		}
		ports, _, _ := unstructured.NestedSlice(o.Object, "spec", "ports")
		port := ports[0].(map[string]any)
		found = append(found, fmt.Sprintf("%s, port %s of the Pod's %s", o.GetName(), port["name"], port["targetPort"]))
	}
	want := []string{fmt.Sprintf("watched-account-operator-metrics, port %s of the Pod's metrics", endpoints[0].(map[string]any)["port"])}
	if diff := cmp.Diff(want, found); diff != "" {
		t.Errorf("what it finds (-want +got):\n%s", diff)
	}
}

// Given another port for metrics, then the Service has it as well: who opens ways for it reads one number.
func TestMetricsService_Port_IsThatOfTheMetrics(t *testing.T) {
	manifests := objects(t, template(t, "moved", keyset, "--set=metrics.port=9443"))
	for _, o := range ofKind(manifests, "Service") {
		ports, _, _ := unstructured.NestedSlice(o.Object, "spec", "ports")
		if got := fmt.Sprint(ports[0].(map[string]any)["port"]); o.GetName() != "moved-account-operator-metrics" || got != "9443" {
			t.Errorf("%s has the port %s", o.GetName(), got)
		}
	}
	if len(ofKind(manifests, "Service")) != 1 {
		t.Error("void: not one Service")
	}
}

// Given a reader of its own, then what it measures is found in the same way, over HTTP, and in the network's policy.
func TestServiceMonitor_OfTheReader_FindsItsMetrics(t *testing.T) {
	manifests := objects(t, template(t, "one", variants["everything"]...))
	monitor := rendered(t, "ServiceMonitor", "-reader").Object
	selects, _, _ := unstructured.NestedStringMap(monitor, "spec", "selector", "matchLabels")
	endpoints, _, _ := unstructured.NestedSlice(monitor, "spec", "endpoints")
	if len(selects) == 0 || len(endpoints) != 1 || endpoints[0].(map[string]any)["scheme"] != nil {
		t.Fatalf("it selects %v, and reads %v", selects, endpoints)
	}
	var found []string
	for _, o := range ofKind(manifests, "Service") {
		if labels.SelectorFromSet(selects).Matches(labels.Set(o.GetLabels())) {
			found = append(found, o.GetName())
		}
	}
	if want := []string{"one-account-operator-reader-metrics"}; !slices.Equal(found, want) {
		t.Errorf("it finds %v, want %v", found, want)
	}
}

func ofKind(all []*unstructured.Unstructured, kind string) []*unstructured.Unstructured {
	return slices.DeleteFunc(slices.Clone(all), func(o *unstructured.Unstructured) bool { return o.GetKind() != kind })
}
