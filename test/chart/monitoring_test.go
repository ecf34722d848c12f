package chart_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
)

// Each release watches itself only: by the name that Prometheus gives to what its own Service leads to.
func TestAlerts_OfARelease_NameIt(t *testing.T) {
	service, rules := rendered(t, "Service", "-metrics"), rendered(t, "PrometheusRule", "")
	groups, _, err := unstructured.NestedSlice(rules.Object, "spec", "groups")
	if err != nil || len(groups) != 1 {
		t.Fatalf("%d groups of rules, %v", len(groups), err)
	}
	alerts := groups[0].(map[string]any)["rules"].([]any)
	if len(alerts) == 0 {
		t.Error("there are no alerts")
	}
	own := fmt.Sprintf(`{namespace=%q,job=%q`, service.GetNamespace(), service.GetName())
	readers := fmt.Sprintf(`{namespace=%q,job=~"one-account-operator(-reader)?-metrics"`, service.GetNamespace())
	for _, alert := range alerts {
		expr := alert.(map[string]any)["expr"].(string)
		if metrics := strings.Count(expr, "account_operator_"); metrics == 0 || strings.Count(expr, own)+strings.Count(expr, readers) != metrics {
			t.Errorf("not every metric is asked for as %s: %s", own, expr)
		}
	}
	if rules.GetLabels()["release"] != "prometheus" {
		t.Errorf("Prometheus does not find them by their labels: %v", rules.GetLabels())
	}
}

func TestDashboard_GrafanasSidecar_FindsIt(t *testing.T) {
	dashboard := rendered(t, "ConfigMap", "-dashboard")
	if dashboard.GetLabels()["grafana_dashboard"] != "yes" {
		t.Errorf("not found by the labels %v", dashboard.GetLabels())
	}
	text, _, err := unstructured.NestedString(dashboard.Object, "data", "account-operator.json")
	if err != nil || !json.Valid([]byte(text)) {
		t.Errorf("the dashboard is no JSON: %v", err)
	}
}

// rendered is one object of a release with everything, by its kind and the end of its name.
func rendered(t *testing.T, kind, end string) *unstructured.Unstructured {
	t.Helper()
	for _, o := range objects(t, template(t, "one", variants["everything"]...)) {
		if o.GetKind() == kind && o.GetName() == "one-account-operator"+end {
			return o
		}
	}
	t.Fatalf("there is no %s", kind)
	return nil
}
