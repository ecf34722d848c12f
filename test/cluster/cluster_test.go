package cluster_test

import (
	"context"
	"os"
	"testing"
	"time"

	"github.com/go-logr/logr"
	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/discovery"
	"k8s.io/client-go/rest"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/log"

	"github.com/account-operator/account-operator/test/cluster"
)

var local *cluster.Cluster

func TestMain(m *testing.M) {
	log.SetLogger(logr.Discard())
	options := cluster.Options{Audit: true, CRDs: []string{"test/cluster/testdata/crd.yaml"}}
	os.Exit(cluster.Main(m.Run, options, func(c *cluster.Cluster) { local = c }))
}

// eventually fails the test unless check passes within a generous time.
func eventually(t *testing.T, check func(context.Context) bool) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	for !check(ctx) {
		select {
		case <-tick.C:
		case <-ctx.Done():
			t.Fatal("it did not happen within a minute")
		}
	}
}

func adminClient(t *testing.T) client.Client {
	t.Helper()
	return newClient(t, local.Config())
}

func newClient(t *testing.T, config *rest.Config) client.Client {
	t.Helper()
	c, err := client.New(config, client.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func newNamespace(t *testing.T, c client.Client) string {
	t.Helper()
	ns := &corev1.Namespace{ObjectMeta: metav1.ObjectMeta{GenerateName: "test-"}}
	if err := c.Create(t.Context(), ns); err != nil {
		t.Fatal(err)
	}
	return ns.Name
}

func configMap(namespace, name string) *corev1.ConfigMap {
	return &corev1.ConfigMap{ObjectMeta: metav1.ObjectMeta{Namespace: namespace, Name: name}}
}

func TestItSaysItsRelease(t *testing.T) {
	version, err := discovery.NewDiscoveryClientForConfigOrDie(local.Config()).ServerVersion()
	if err != nil {
		t.Fatal(err)
	}
	if version.GitVersion != "v1.37.2" || version.Major != "1" || version.Minor != "37" {
		t.Errorf("version = %+v", version)
	}
}

// The finalizer policy that the operator ships is a v1 MutatingAdmissionPolicy.
func TestAdmissionPolicies_Kinds_AreServed(t *testing.T) {
	served, err := discovery.NewDiscoveryClientForConfigOrDie(local.Config()).
		ServerResourcesForGroupVersion("admissionregistration.k8s.io/v1")
	if err != nil {
		t.Fatal(err)
	}
	names := map[string]bool{}
	for _, resource := range served.APIResources {
		names[resource.Name] = true
	}
	for _, want := range []string{
		"mutatingadmissionpolicies", "mutatingadmissionpolicybindings",
		"validatingadmissionpolicies", "validatingadmissionpolicybindings",
	} {
		if !names[want] {
			t.Errorf("%s is not served", want)
		}
	}
}

func TestNamespace_Removed_WithAllThatIsInIt(t *testing.T) {
	c := adminClient(t)
	namespace := newNamespace(t, c)
	if err := c.Create(t.Context(), configMap(namespace, "inside")); err != nil {
		t.Fatal(err)
	}
	ns := &corev1.Namespace{ObjectMeta: metav1.ObjectMeta{Name: namespace}}
	if err := c.Delete(t.Context(), ns); err != nil {
		t.Fatal(err)
	}
	eventually(t, func(ctx context.Context) bool {
		return apierrors.IsNotFound(c.Get(ctx, client.ObjectKeyFromObject(ns), ns))
	})
}

func TestGarbage_OwnerGone_IsCollected(t *testing.T) {
	c := adminClient(t)
	namespace := newNamespace(t, c)
	owner, owned := widget(namespace, "owner"), configMap(namespace, "owned")
	if err := c.Create(t.Context(), owner); err != nil {
		t.Fatal(err)
	}
	owned.OwnerReferences = []metav1.OwnerReference{{
		APIVersion: "test.example/v1", Kind: "Widget", Name: owner.GetName(), UID: owner.GetUID(),
	}}
	if err := c.Create(t.Context(), owned); err != nil {
		t.Fatal(err)
	}
	if err := c.Delete(t.Context(), owner); err != nil {
		t.Fatal(err)
	}
	eventually(t, func(ctx context.Context) bool {
		return apierrors.IsNotFound(c.Get(ctx, client.ObjectKeyFromObject(owned), owned))
	})
}
