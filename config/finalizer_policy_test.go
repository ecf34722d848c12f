package config_test

import (
	"context"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/account-operator/account-operator/api/v1alpha1"
)

const (
	finalizer = v1alpha1.Finalizer
	foreign   = "somebody.example/else"
)

// awaitFinalizerPolicy returns once the policy acts.
func awaitFinalizerPolicy(t *testing.T) {
	t.Helper()
	eventually(t, "the policy adds the finalizer", func(ctx context.Context) bool {
		probe := account("probe")
		return admin.Create(ctx, probe, client.DryRunAll) == nil && slices.Contains(probe.GetFinalizers(), finalizer)
	})
}

func child(kind, name string, spec map[string]any) *unstructured.Unstructured {
	if _, selects := spec["accountSelector"]; !selects {
		spec["accountRef"] = map[string]any{"name": "alice"}
	}
	return ours(&unstructured.Unstructured{Object: map[string]any{"spec": spec}}, kind, name)
}

func withFinalizers(o *unstructured.Unstructured, finalizers ...string) *unstructured.Unstructured {
	o.SetFinalizers(finalizers)
	return o
}

func withClass(o *unstructured.Unstructured, class string) *unstructured.Unstructured {
	o.Object["spec"].(map[string]any)["className"] = class
	return o
}

func TestFinalizer_ObjectCreated_IsThere(t *testing.T) {
	awaitFinalizerPolicy(t)
	type created struct {
		given string
		o     *unstructured.Unstructured
		want  []string
	}
	cases := []created{
		{"an Account with a foreign finalizer", withFinalizers(account("b"), foreign), []string{foreign, finalizer}},
		{"an Account that brings the finalizer", withFinalizers(account("c"), finalizer), []string{finalizer}},
		{"an Account that brings both", withFinalizers(account("d"), finalizer, foreign), []string{foreign, finalizer}},
		{"an Account of another manager's class", withClass(account("e"), "gpu"), nil},
		{"an Account of another class with a foreign finalizer", withClass(withFinalizers(account("f"), foreign), "gpu"), []string{foreign}},
	}
	for _, kind := range applied() {
		cases = append(cases, created{"an object of the kind " + kind, example(kind, "a"), []string{finalizer}})
	}
	for _, c := range cases {
		t.Run("given "+c.given, func(t *testing.T) {
			if err := admin.Create(t.Context(), c.o); err != nil {
				t.Fatal(err)
			}
			want, got := slices.Sorted(slices.Values(c.want)), slices.Sorted(slices.Values(c.o.GetFinalizers()))
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("finalizers (-want +got):\n%s", diff)
			}
		})
	}
}

// The policy gives the finalizer to no field manager, so nobody takes it away who applies a manifest without it. (A
// client-side apply of a manifest that lists finalizers of its own replaces the list; then the manager puts ours back.)
func TestFinalizer_ObjectApplied_Stays(t *testing.T) {
	awaitFinalizerPolicy(t)
	for _, c := range []struct {
		name    string
		apply   []string
		foreign string
		want    []string
	}{
		{"server-side", []string{"apply", "--server-side", "--field-manager=gitops", "-f", "-"}, "", []string{finalizer}},
		{"server-side-foreign", []string{"apply", "--server-side", "--field-manager=gitops", "-f", "-"}, foreign, []string{finalizer, foreign}},
		{"client-side", []string{"apply", "-f", "-"}, "", []string{finalizer}},
	} {
		t.Run(c.name, func(t *testing.T) {
			for _, theme := range []string{"Dark", "Light", "Light"} {
				mustKubectl(t, manifest(c.name, theme, c.foreign), c.apply...)
				live := account(c.name)
				if err := admin.Get(t.Context(), client.ObjectKeyFromObject(live), live); err != nil {
					t.Fatal(err)
				}
				if diff := cmp.Diff(c.want, slices.Sorted(slices.Values(live.GetFinalizers()))); diff != "" {
					t.Errorf("after applying theme %s: finalizers (-want +got):\n%s", theme, diff)
				}
			}
		})
	}
}

func manifest(name, theme, finalizers string) string {
	metadata := "name: " + name + ", namespace: default"
	if finalizers != "" {
		metadata += ", finalizers: [" + finalizers + "]"
	}
	return "{apiVersion: account-operator.io/v1alpha1, kind: Account, metadata: {" + metadata + "}, " +
		"spec: {email: " + name + "@example.com, preferences: {theme: " + theme + "}}}"
}

// An edit that takes the finalizer away is not undone: the manager's own last write is such an edit.
func TestFinalizer_Removed_IsNotPutBack(t *testing.T) {
	awaitFinalizerPolicy(t)
	o := account("leaving")
	if err := admin.Create(t.Context(), o); err != nil {
		t.Fatal(err)
	}
	o.SetFinalizers(nil)
	if err := admin.Update(t.Context(), o); err != nil {
		t.Fatal(err)
	}
	if got := o.GetFinalizers(); len(got) != 0 {
		t.Errorf("finalizers %v", got)
	}
}
