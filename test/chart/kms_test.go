package chart_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/runtime"
)

// Given a keyset that Vault wraps, when the chart is rendered, then the manager and a reader of its own both log in by their ServiceAccount's token, for
// that server alone, and neither has a token of Vault's.
func TestKMS_RoleIsGiven_WhoOpensValuesLogsInByItsServiceAccount(t *testing.T) {
	pods := 0
	for _, o := range objects(t, template(t, "wrapped", "--values=testdata/everything.yaml")) {
		if o.GetKind() != "Deployment" {
			continue
		}
		pods++
		var d appsv1.Deployment
		if err := runtime.DefaultUnstructuredConverter.FromUnstructured(o.Object, &d); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(map[string]string{
			"ACCOUNT_OPERATOR_SEAL_KEYSET_KMS":            "hcvault://vault.example.com:8201/transit/keys/accounts",
			"ACCOUNT_OPERATOR_SEAL_KEYSET_KMS_ROLE":       "accounts",
			"ACCOUNT_OPERATOR_SEAL_KEYSET_KMS_AUTH":       "jwt",
			"ACCOUNT_OPERATOR_SEAL_KEYSET_KMS_TOKEN_FILE": "/etc/account-operator/kms/token",
			"VAULT_CACERT": "/etc/account-operator/kms-ca/ca.pem",
		}, aboutKMS(d.Spec.Template.Spec)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", d.Name, diff)
		}
		token := projectedToken(d.Spec.Template.Spec, "kms")
		if token == nil || token.Audience != "vault" || token.Path != "token" {
			t.Errorf("%s has the token %v", d.Name, token)
		}
	}
	if pods != 2 {
		t.Errorf("looked at %d Deployments, not at the manager's and the reader's", pods)
	}
}

// aboutKMS are the variables by which a Pod's first container finds the KMS.
func aboutKMS(pod corev1.PodSpec) map[string]string {
	found := map[string]string{}
	for _, e := range pod.Containers[0].Env {
		if strings.Contains(e.Name, "_KMS") || strings.HasPrefix(e.Name, "VAULT_") {
			found[e.Name] = e.Value
		}
	}
	return found
}

func projectedToken(pod corev1.PodSpec, volume string) *corev1.ServiceAccountTokenProjection {
	for _, v := range pod.Volumes {
		if v.Name == volume && v.Projected != nil {
			return v.Projected.Sources[0].ServiceAccountToken
		}
	}
	return nil
}
