package cluster_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/account-operator/account-operator/test/cluster"
)

func TestServiceAccount_Client_HasOnlyItsRights(t *testing.T) {
	admin := adminClient(t)
	namespace := newNamespace(t, admin)
	account := &corev1.ServiceAccount{ObjectMeta: metav1.ObjectMeta{Namespace: namespace, Name: "powerless"}}
	if err := admin.Create(t.Context(), account); err != nil {
		t.Fatal(err)
	}
	config, err := local.AsServiceAccount(t.Context(), namespace, "powerless")
	if err != nil {
		t.Fatal(err)
	}
	mark := local.Audit.Mark()
	err = newClient(t, config).List(t.Context(), &corev1.SecretList{})
	if !apierrors.IsForbidden(err) {
		t.Errorf("list of Secrets = %v, want it forbidden", err)
	}
	user := cluster.ByUser("system:serviceaccount:" + namespace + ":powerless")
	refused := requestsSince(t, mark, user, cluster.ByResource("secrets"))
	if len(refused) != 1 || refused[0].Code != 403 {
		t.Errorf("the audit log has %+v, want one request answered 403", refused)
	}
	if _, err := local.AsServiceAccount(t.Context(), namespace, "absent"); !apierrors.IsNotFound(err) {
		t.Errorf("token of an absent ServiceAccount: %v, want not found", err)
	}
}

func TestAccess_AnyUser_CanBeTried(t *testing.T) {
	mark := local.Audit.Mark()
	err := newClient(t, local.As("jane")).List(t.Context(), &corev1.SecretList{})
	if !apierrors.IsForbidden(err) {
		t.Errorf("list of Secrets = %v, want it forbidden", err)
	}
	if got := requestsSince(t, mark, cluster.ByUser("jane"), cluster.ByResource("secrets")); len(got) != 1 {
		t.Errorf("the audit log has %+v, want one request of jane", got)
	}
}

func TestKubeconfig_Kubectl_Works(t *testing.T) {
	info, err := os.Stat(local.Kubeconfig())
	if err != nil {
		t.Fatal(err)
	}
	if mode := info.Mode().Perm(); mode != 0o600 {
		t.Errorf("mode of the kubeconfig = %o, want 600", mode)
	}
	jane := filepath.Join(t.TempDir(), "jane")
	if err := cluster.WriteKubeconfig(jane, local.As("jane")); err != nil {
		t.Fatal(err)
	}
	for kubeconfig, user := range map[string]string{local.Kubeconfig(): "admin", jane: "jane"} {
		cmd := exec.CommandContext(t.Context(), local.Kubectl(), "--kubeconfig="+kubeconfig, "auth", "whoami", "-o", "jsonpath={.status.userInfo.username}")
		out, err := cmd.CombinedOutput()
		if err != nil || strings.TrimSpace(string(out)) != user {
			t.Errorf("kubectl auth whoami = %q (%v), want %s", out, err, user)
		}
	}
}
