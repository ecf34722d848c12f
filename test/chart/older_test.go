package chart_test

import (
	"strings"
	"testing"

	"github.com/account-operator/account-operator/test/cluster"
)

// The oldest Kubernetes that the chart installs on has these, each in the version that the chart writes.
var onTheOldest = []string{
	"v1 PersistentVolumeClaim", "v1 Service", "v1 ServiceAccount", "v1 ConfigMap",
	"admissionregistration.k8s.io/v1 ValidatingAdmissionPolicy", "admissionregistration.k8s.io/v1 ValidatingAdmissionPolicyBinding",
	"apiextensions.k8s.io/v1 CustomResourceDefinition", "apps/v1 Deployment", "batch/v1 Job", "networking.k8s.io/v1 NetworkPolicy",
	"policy/v1 PodDisruptionBudget", "rbac.authorization.k8s.io/v1 ClusterRole", "rbac.authorization.k8s.io/v1 ClusterRoleBinding",
	"rbac.authorization.k8s.io/v1 Role", "rbac.authorization.k8s.io/v1 RoleBinding",
	"networking.k8s.io/v1 Ingress", "gateway.networking.k8s.io/v1 HTTPRoute", // the second with the Gateway API's kinds, if asked for
	"monitoring.coreos.com/v1 ServiceMonitor", "monitoring.coreos.com/v1 PrometheusRule", // with the operator of these, if asked for
}

func TestRendered_OldestKubernetes_HasAllOfIt(t *testing.T) {
	for name, values := range variants {
		for _, o := range objects(t, mustHelm(t, append([]string{"template", "old", chart, "--kube-version=1.30.0"}, values...)...)) {
			if kind := o.GetAPIVersion() + " " + o.GetKind(); !strings.Contains(strings.Join(onTheOldest, "\n"), kind) {
				t.Errorf("%s: %s", name, kind)
			}
		}
	}
	if _, reported, err := helm(t.Context(), "template", "older", chart, "--kube-version=1.29.9", keyset); err == nil || !strings.Contains(reported, "1.30") {
		t.Errorf("on 1.29: %v %s", err, reported)
	}
}

// An API server that does not have MutatingAdmissionPolicy in v1, as those before 1.36 do not: this one, made like 1.34,
// which is as far back as it goes.
func TestFinalizer_OlderKubernetes_IsAddedByTheManager(t *testing.T) {
	p := readPage(t)
	s := newSiteOn(t, cluster.Options{Audit: true, APIServerFlags: []string{"--emulated-version=1.34"}})
	s.run(p.Block("1. The image and the keyset", 0))
	s.run(p.Block("2. With Helm 4", 0))
	s.run(p.Block("3. See that it works", 0))
	if got := s.run("kubectl get account alice -o jsonpath='{.metadata.finalizers}'"); got != `["account-operator.io/finalizer"]` {
		t.Errorf("finalizers: %s", got)
	}
	s.works()
	refusedNothingSince(t, s.cluster.Audit, cluster.Mark{}, "account-operator")
}
