package config_test

import (
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"sigs.k8s.io/yaml"
)

// built is what kustomize makes of a folder, by kind and name.
func built(t *testing.T, folder string) map[string]*unstructured.Unstructured {
	t.Helper()
	out, err := kubectl(t.Context(), "", "kustomize", folder)
	if err != nil {
		t.Fatal(out)
	}
	return parsed(t, out)
}

// parsed leaves out the namespace: kustomize gives one also to cluster-wide kinds that it does not know yet.
func parsed(t *testing.T, manifests string) map[string]*unstructured.Unstructured {
	t.Helper()
	all := map[string]*unstructured.Unstructured{}
	for text := range strings.SplitSeq(manifests, "\n---\n") {
		o := &unstructured.Unstructured{}
		if err := yaml.Unmarshal([]byte(text), &o.Object); err != nil {
			t.Fatal(err)
		}
		o.SetNamespace("")
		all[o.GetKind()+" "+o.GetName()] = o
	}
	return all
}

func TestInstallFile_Manifests_AreUpToDate(t *testing.T) {
	file, err := os.ReadFile("../dist/install.yaml")
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(built(t, "default"), parsed(t, string(file))); diff != "" {
		t.Errorf("run make generate (-config/default +dist/install.yaml):\n%s", diff)
	}
}

func TestOverlay_ClusterWide_IsTheDefault(t *testing.T) {
	if diff := cmp.Diff(built(t, "default"), built(t, "overlays/cluster-wide")); diff != "" {
		t.Errorf("(-default +cluster-wide):\n%s", diff)
	}
}

// The right to read Secrets moves from the cluster to the namespace; no other comes or goes.
func TestOverlay_Namespaced_MovesTheRightOnSecretsThere(t *testing.T) {
	everywhere, some := built(t, "default"), built(t, "overlays/namespaced")
	whole, left := rules(t, everywhere, "ClusterRole account-operator-manager"), rules(t, some, "ClusterRole account-operator-manager")
	moved := rules(t, some, "Role account-operator-sources")

	if got := append(left, moved...); !sameRules(whole, got) {
		t.Errorf("the rights together (-default +namespaced):\n%s", cmp.Diff(whole, got))
	}
	if len(moved) != 1 || !strings.Contains(moved[0], "secrets") || strings.Contains(strings.Join(left, ""), "secrets") {
		t.Errorf("the namespace has %v, the cluster still %v", moved, left)
	}
	if out, err := kubectl(t.Context(), "", "create", "namespace", "team-a"); err != nil {
		t.Fatal(out)
	}
	mustKubectl(t, "", "apply", "--dry-run=server", "-k", "overlays/namespaced")
}

func sameRules(a, b []string) bool {
	return cmp.Equal(slices.Sorted(slices.Values(a)), slices.Sorted(slices.Values(b)))
}

// rules are those of a role, each as text.
func rules(t *testing.T, all map[string]*unstructured.Unstructured, role string) []string {
	t.Helper()
	if all[role] == nil {
		t.Fatalf("there is no %s", role)
	}
	var texts []string
	for _, rule := range all[role].Object["rules"].([]any) {
		text, err := yaml.Marshal(rule)
		if err != nil {
			t.Fatal(err)
		}
		texts = append(texts, string(text))
	}
	return texts
}
