package config_test

import (
	"context"
	"testing"

	rbacv1 "k8s.io/api/rbac/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// Whoever is bound to the role of a help desk presses buttons and looks at accounts; nothing that he may do edits one or
// shows a value.
func TestTheHelpDeskMayActOnAccountsAndNotEditThem(t *testing.T) {
	p := newPlace(t)
	const clerk = "help-desk-clerk"
	binding := &rbacv1.RoleBinding{
		ObjectMeta: metav1.ObjectMeta{Namespace: p.namespace, Name: "help-desk"},
		RoleRef:    rbacv1.RoleRef{APIGroup: rbacv1.GroupName, Kind: "ClusterRole", Name: "account-operator-help-desk"},
		Subjects:   []rbacv1.Subject{{Kind: rbacv1.UserKind, APIGroup: rbacv1.GroupName, Name: clerk}},
	}
	if err := admin.Create(t.Context(), binding); err != nil {
		t.Fatal(err)
	}
	eventually(t, "the binding takes effect", func(ctx context.Context) bool {
		return may(ctx, t, clerk, access{"create", own, "accountactions", p.namespace})
	})

	for _, resource := range []string{
		"accountactions", "accountactions/status", "accounts", "accounts/status", "accounts/finalizers", "envvarsets", "cloudconnections",
	} {
		for _, verb := range []string{"get", "list", "watch", "create", "update", "patch", "delete", "deletecollection"} {
			a := access{verb, own, resource, p.namespace}
			if got, want := may(t.Context(), t, clerk, a), helps(verb, resource); got != want {
				t.Errorf("%s: allowed %t, wanted %t", a, got, want)
			}
		}
	}
	for _, a := range []access{
		{"get", "", "secrets", p.namespace}, {"get", "", "configmaps", p.namespace},
		{"create", own, "accountactions", metav1.NamespaceDefault}, {"get", own, "accounts", metav1.NamespaceDefault},
	} {
		if may(t.Context(), t, clerk, a) {
			t.Errorf("allowed: %s", a)
		}
	}
}

// helps tells what a help desk needs.
func helps(verb, resource string) bool {
	switch resource {
	case "accountactions":
		return verb == "get" || verb == "list" || verb == "watch" || verb == "create" || verb == "delete"
	case "accounts":
		return verb == "get" || verb == "list" || verb == "watch"
	}
	return false
}
