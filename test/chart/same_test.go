package chart_test

import (
	"os"
	"testing"

	"github.com/google/go-cmp/cmp"
	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
)

// deploymentIn is that of the managers among the manifests.
func deploymentIn(t *testing.T, manifests string) *appsv1.Deployment {
	t.Helper()
	for _, d := range deploymentsIn(t, manifests) {
		if d.Spec.Template.Spec.Containers[0].Name == "manager" {
			return d
		}
	}
	t.Fatal("there is no Deployment of managers")
	return nil
}

func deploymentsIn(t *testing.T, manifests string) (all []*appsv1.Deployment) {
	t.Helper()
	for _, o := range ofKind(objects(t, manifests), "Deployment") {
		d := &appsv1.Deployment{}
		if err := runtime.DefaultUnstructuredConverter.FromUnstructured(o.Object, d); err != nil {
			t.Fatal(err)
		}
		all = append(all, d)
	}
	return all
}

// The chart as it comes and config/default are two ways to the same installation.
func TestInstalled_ByTheChart_IsWhatTheManifestsInstall(t *testing.T) {
	manifests, err := os.ReadFile(root + "/dist/install.yaml")
	if err != nil {
		t.Fatal(err)
	}
	rendered := template(t, "account-operator", keyset)
	if diff := cmp.Diff(content(t, string(manifests)), content(t, rendered)); diff != "" {
		t.Errorf("(-config +chart):\n%s", diff)
	}
	plain, charted := podIn(t, string(manifests)), podIn(t, rendered)
	if diff := cmp.Diff(plain, charted); diff != "" {
		t.Errorf("the Pod (-config +chart):\n%s", diff)
	}
}

// content is every object by its kind and name, without what the way of installing adds to its metadata and without the
// Deployment, whose Pod is compared by itself, and the namespace, which Helm makes.
func content(t *testing.T, manifests string) map[string]map[string]any {
	t.Helper()
	all := map[string]map[string]any{}
	for _, o := range objects(t, manifests) {
		if kind := o.GetKind(); kind == "Deployment" || kind == "Namespace" {
			continue
		}
		name := o.GetKind() + " " + o.GetName()
		delete(o.Object, "metadata")
		unstructured.RemoveNestedField(o.Object, "spec", "selector")
		all[name] = o.Object
	}
	return all
}

// podIn is the Pod without its flags: the chart writes out what the plain manifests leave to defaults.
func podIn(t *testing.T, manifests string) corev1.PodSpec {
	t.Helper()
	pod := deploymentIn(t, manifests).Spec.Template.Spec
	c := &pod.Containers[0]
	c.Args, c.ImagePullPolicy = nil, ""
	return pod
}
