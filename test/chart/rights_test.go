package chart_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"sigs.k8s.io/yaml"
)

// The manager's roles of config/ are watched at work: test/e2e fails on a right that is never used, and on one that is missing. Here
// the chart has the same ones, wherever it puts them.
func TestRights_OfTheChart_AreThoseOfConfig(t *testing.T) {
	want := rights(t, mustKubectl(t, "kustomize", root+"/config/default"), "account-operator-manager", "account-operator-leader-election")
	for name, values := range map[string][]string{
		"everywhere":      nil,
		"some namespaces": {"--set=watchNamespaces={team-a}"},
		"a class":         {"--set=class=gpu"},
		"PostgreSQL":      variants["PostgreSQL"],
		"a portal":        {"--set=portal.url=https://accounts.example.com,mail.existingSecret=mail,mail.from=a@example.com"},
	} {
		t.Run(name, func(t *testing.T) {
			manifests := template(t, "account-operator", append([]string{keyset}, values...)...)
			got := rights(t, manifests, "account-operator-manager", "account-operator-leader-election", "account-operator-sources")
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("(-config +chart):\n%s", diff)
			}
		})
	}
}

// rights are the rules of the roles that are bound to the manager, each as text. No other role may be.
func rights(t *testing.T, manifests string, roles ...string) []string {
	t.Helper()
	var all []string
	for _, o := range objects(t, manifests) {
		switch o.GetKind() {
		case "ClusterRoleBinding", "RoleBinding":
			of := o.Object["roleRef"].(map[string]any)["name"].(string)
			if !slices.Contains(roles, of) {
				t.Errorf("%s %s binds %s", o.GetKind(), o.GetName(), of)
			}
		case "ClusterRole", "Role":
			if !slices.Contains(roles, o.GetName()) {
				continue
			}
			for _, rule := range o.Object["rules"].([]any) {
				text, err := yaml.Marshal(rule)
				if err != nil {
					t.Fatal(err)
				}
				// The record of the store bears the name of the class.
				all = append(all, strings.ReplaceAll(string(text), "account-operator-gpu-store", "account-operator-store"))
			}
		}
	}
	slices.Sort(all)
	return all
}
