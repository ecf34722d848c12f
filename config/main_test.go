// Package config_test installs what this folder holds on a real API server and looks at what that does.
package config_test

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/util/wait"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/account-operator/account-operator/test/cluster"
)

// local has everything of config/default installed; admin is a client of it.
var (
	local *cluster.Cluster
	admin client.Client
)

func TestMain(m *testing.M) {
	os.Exit(cluster.Main(m.Run, cluster.Options{}, func(c *cluster.Cluster) {
		local = c
		var err error
		if admin, err = c.Client(); err != nil {
			panic(err)
		}
		ctx, cancel := context.WithTimeout(context.Background(), 2*time.Minute)
		defer cancel()
		if out, err := kubectl(ctx, "", "apply", "--server-side", "-k", "default"); err != nil {
			panic(fmt.Sprintf("installing config/default: %v\n%s", err, out))
		}
	}))
}

// kubectl runs kubectl as the administrator, with a manifest on its standard input.
func kubectl(ctx context.Context, stdin string, args ...string) (string, error) {
	cmd := exec.CommandContext(ctx, local.Kubectl(), append([]string{"--kubeconfig", local.Kubeconfig()}, args...)...)
	cmd.Stdin = strings.NewReader(stdin)
	out, err := cmd.CombinedOutput()
	return string(out), err
}

// mustKubectl fails the test where kubectl fails.
func mustKubectl(t *testing.T, stdin string, args ...string) {
	t.Helper()
	if out, err := kubectl(t.Context(), stdin, args...); err != nil {
		t.Fatalf("kubectl %s: %v\n%s", strings.Join(args, " "), err, out)
	}
}

// eventually waits until a condition holds: a policy, a role or a definition takes effect a moment after it was made.
func eventually(t *testing.T, what string, holds func(ctx context.Context) bool) {
	t.Helper()
	err := wait.PollUntilContextTimeout(t.Context(), 50*time.Millisecond, 30*time.Second, true,
		func(ctx context.Context) (bool, error) { return holds(ctx), nil })
	if err != nil {
		t.Fatalf("still not so after half a minute: %s", what)
	}
}

// account is a small valid Account.
func account(name string) *unstructured.Unstructured {
	o := &unstructured.Unstructured{Object: map[string]any{"spec": map[string]any{"email": name + "@example.com"}}}
	return ours(o, "Account", name)
}

// ours makes the object one of our kinds.
func ours(o *unstructured.Unstructured, kind, name string) *unstructured.Unstructured {
	o.SetAPIVersion("account-operator.io/v1alpha1")
	o.SetKind(kind)
	o.SetNamespace(metav1.NamespaceDefault)
	o.SetName(name)
	return o
}
