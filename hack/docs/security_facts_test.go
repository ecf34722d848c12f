package main

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	rbacv1 "k8s.io/api/rbac/v1"
	"sigs.k8s.io/yaml"

	"github.com/account-operator/account-operator/internal/kinds"
)

// What of docs/security.md can be seen in the files that are installed, and has no other test.

// Given the roles that are added to every cluster's, when they are read, then whoever may only edit a namespace writes variables and
// connections, and its admins accounts and actions as well.
func TestUserRoles_EditAndAdmin_WriteWhatThePageSays(t *testing.T) {
	text, err := os.ReadFile("../../config/rbac/user_roles.yaml")
	if err != nil {
		t.Fatal(err)
	}
	writes := map[string][]string{}
	for document := range strings.SplitSeq(string(text), "\n---\n") {
		var role rbacv1.ClusterRole
		if err := yaml.Unmarshal([]byte(document), &role); err != nil {
			t.Fatal(err)
		}
		for _, rule := range role.Rules {
			for label := range role.Labels {
				if slices.Contains(rule.Verbs, "update") {
					writes[label] = append(writes[label], rule.Resources...)
				}
			}
		}
	}
	admins := []string{"accountactions", "accounts"}
	for label, want := range map[string][]string{
		"rbac.authorization.k8s.io/aggregate-to-view":  nil,
		"rbac.authorization.k8s.io/aggregate-to-edit":  others(admins),
		"rbac.authorization.k8s.io/aggregate-to-admin": admins,
	} {
		if got := writes[label]; !slices.Equal(got, want) {
			t.Errorf("%s may write %v, want %v", label, got, want)
		}
	}
}

// others are the resources of all kinds but these.
func others(these []string) (names []string) {
	for _, k := range kinds.All {
		if !slices.Contains(these, k.Resource()) {
			names = append(names, k.Resource())
		}
	}
	slices.Sort(names)
	return names
}

// Given the schemas of our kinds, when every field of their specs is looked at, then none names a namespace: what an object refers to is
// in its own.
func TestSchemas_References_NameNoNamespace(t *testing.T) {
	files, err := filepath.Glob("../../config/crd/bases/*.yaml")
	if err != nil || len(files) == 0 {
		t.Fatalf("there are no schemas (%v)", err)
	}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if strings.Contains(string(text), "namespace:\n") || regexp.MustCompile(`(?im)^ +\w*namespaces?:$`).Match(text) {
			t.Errorf("%s has a field for a namespace", file)
		}
	}
}

// Given all that is installed, when it is looked through, then nothing of ours is called by the API server before it answers.
func TestInstallation_Admission_HasNoWebhook(t *testing.T) {
	for _, pattern := range []string{"../../dist/install.yaml", "../../charts/account-operator/templates/*.yaml", "../../config/*/*.yaml"} {
		files, err := filepath.Glob(pattern)
		if err != nil || len(files) == 0 {
			t.Fatalf("%s: nothing is there (%v)", pattern, err)
		}
		for _, file := range files {
			text, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			if regexp.MustCompile(`WebhookConfiguration|conversion:\s+strategy: Webhook`).Match(text) {
				t.Errorf("%s has a webhook", file)
			}
		}
	}
}
