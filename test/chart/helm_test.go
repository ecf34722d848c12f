package chart_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"os/exec"
	"strings"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/util/wait"
	"k8s.io/apimachinery/pkg/util/yaml"
	"sigs.k8s.io/controller-runtime/pkg/client"
)

const (
	chart = root + "/charts/account-operator"
	home  = "account-operator-system"
	// keyset names the Secret with it. Whatever else a value leaves out is the chart's default.
	keyset = "--set=keyset.existingSecret=account-operator-keyset"
)

// helm runs helm as the administrator, for the manager's namespace, and returns what it printed.
func helm(ctx context.Context, args ...string) (stdout, stderr string, err error) {
	return run(ctx, append(args, "--namespace="+home)...)
}

// helmIn does so for another namespace.
func helmIn(t *testing.T, namespace string, args ...string) (stdout, stderr string, err error) {
	t.Helper()
	return run(t.Context(), append(args, "--namespace="+namespace)...)
}

func run(ctx context.Context, args ...string) (stdout, stderr string, err error) {
	var out, reported strings.Builder
	cmd := exec.CommandContext(ctx, program, append(args, "--kubeconfig="+local.Kubeconfig())...)
	cmd.Stdout, cmd.Stderr = &out, &reported
	err = cmd.Run()
	return out.String(), reported.String(), err
}

func mustHelm(t *testing.T, args ...string) string {
	t.Helper()
	out, reported, err := helm(t.Context(), args...)
	if err != nil {
		t.Fatalf("helm %s: %v\n%s", strings.Join(args, " "), err, reported)
	}
	return out
}

// template renders the chart for a release as the cluster would have it.
func template(t *testing.T, release string, args ...string) string {
	t.Helper()
	apis := "--api-versions=admissionregistration.k8s.io/v1/MutatingAdmissionPolicy"
	return mustHelm(t, append([]string{"template", release, chart, apis}, args...)...)
}

// objects parses manifests.
func objects(t *testing.T, manifests string) []*unstructured.Unstructured {
	t.Helper()
	var all []*unstructured.Unstructured
	for documents := yaml.NewYAMLOrJSONDecoder(bytes.NewBufferString(manifests), 4096); ; {
		o := &unstructured.Unstructured{}
		err := documents.Decode(&o.Object)
		if errors.Is(err, io.EOF) {
			return all
		}
		if err != nil {
			t.Fatal(err)
		}
		if len(o.Object) != 0 {
			all = append(all, o)
		}
	}
}

// install installs the chart, with its keyset, until the test ends.
func install(t *testing.T, release string, args ...string) {
	t.Helper()
	mustHelm(t, append([]string{"install", release, chart, "--create-namespace"}, args...)...)
	t.Cleanup(func() {
		if _, reported, err := helm(context.Background(), "uninstall", release, "--ignore-not-found"); err != nil {
			t.Errorf("uninstalling %s: %v\n%s", release, err, reported)
		}
	})
}

// create creates objects.
func create(t *testing.T, all ...client.Object) {
	t.Helper()
	for _, o := range all {
		if err := admin.Create(t.Context(), o); err != nil {
			t.Fatal(err)
		}
	}
}

// haveNamespace makes a namespace that other tests may have made already.
func haveNamespace(t *testing.T, name string) {
	t.Helper()
	ns := &corev1.Namespace{ObjectMeta: metav1.ObjectMeta{Name: name}}
	if err := admin.Create(t.Context(), ns); client.IgnoreAlreadyExists(err) != nil {
		t.Fatal(err)
	}
}

func newNamespace(t *testing.T) string {
	t.Helper()
	ns := &corev1.Namespace{ObjectMeta: metav1.ObjectMeta{GenerateName: "team-"}}
	create(t, ns)
	return ns.Name
}

// eventually waits until a condition holds; what it returns says why it does not yet.
func eventually(t *testing.T, holds func(ctx context.Context) string) {
	t.Helper()
	var why string
	err := wait.PollUntilContextTimeout(t.Context(), 50*time.Millisecond, time.Minute, true, func(ctx context.Context) (bool, error) {
		why = holds(ctx)
		return why == "", nil
	})
	if err != nil {
		t.Fatalf("still not so after a minute: %s", why)
	}
}

// mustKubectl runs kubectl as the administrator and returns what it printed.
func mustKubectl(t *testing.T, args ...string) string {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), local.Kubectl(), append(args, "--kubeconfig="+local.Kubeconfig())...)
	var reported strings.Builder
	cmd.Stderr = &reported
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("kubectl %s: %v\n%s", strings.Join(args, " "), err, reported.String())
	}
	return string(out)
}
