package config_test

import (
	"context"
	"strings"
	"testing"

	rbacv1 "k8s.io/api/rbac/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/account-operator/account-operator/internal/kinds"
)

// Whoever is bound to the role of a help desk presses buttons and looks at accounts; nothing that he may do edits one or
// shows a value.
func TestHelpDesk_Role_ActsOnAccountsAndEditsNone(t *testing.T) {
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
		return may(ctx, t, clerk, access{"create", own, "accountactions", p.namespace, ""})
	})

	resources := []string{"accountactions/status", "accounts/status", "accounts/finalizers"}
	for _, k := range kinds.All {
		resources = append(resources, k.Resource())
	}
	for _, resource := range resources {
		for _, verb := range []string{"get", "list", "watch", "create", "update", "patch", "delete", "deletecollection"} {
			a := access{verb, own, resource, p.namespace, ""}
			if got, want := may(t.Context(), t, clerk, a), helps(verb, resource); got != want {
				t.Errorf("%s: allowed %t, wanted %t", a, got, want)
			}
		}
	}
	for _, a := range []access{
		{"get", "", "secrets", p.namespace, ""}, {"get", "", "configmaps", p.namespace, ""},
		{"create", own, "accountactions", metav1.NamespaceDefault, ""}, {"get", own, "accounts", metav1.NamespaceDefault, ""},
	} {
		if may(t.Context(), t, clerk, a) {
			t.Errorf("allowed: %s", a)
		}
	}
}

// helps says what a help desk needs.
func helps(verb, resource string) bool {
	switch resource {
	case "accountactions":
		return verb == "get" || verb == "list" || verb == "watch" || verb == "create" || verb == "delete"
	case "accounts":
		return verb == "get" || verb == "list" || verb == "watch"
	}
	return false
}

// Whoever confirms a changed address hands the account to its reader, so that the role of a help desk does not do.
func TestAnAddress_ConfirmedByAHelpDesk_TakesARightOfItsOwn(t *testing.T) {
	p := newPlace(t)
	bind := func(user, role string) {
		t.Helper()
		binding := &rbacv1.RoleBinding{
			ObjectMeta: metav1.ObjectMeta{Namespace: p.namespace, GenerateName: "desk-"},
			RoleRef:    rbacv1.RoleRef{APIGroup: rbacv1.GroupName, Kind: "ClusterRole", Name: role},
			Subjects:   []rbacv1.Subject{{Kind: rbacv1.UserKind, APIGroup: rbacv1.GroupName, Name: user}},
		}
		if err := admin.Create(t.Context(), binding); err != nil {
			t.Fatal(err)
		}
	}
	press := func(ctx context.Context, user, what string) error {
		spec := map[string]any{"accountRef": map[string]any{"name": "alice"}, "type": what}
		if what == "ConfirmAddress" {
			spec["email"] = "alice@example.com"
		}
		x := ours(&unstructured.Unstructured{Object: map[string]any{"spec": spec}}, "AccountAction", user)
		x.SetNamespace(p.namespace)
		return p.as(local.As(user)).Create(ctx, x, client.DryRunAll)
	}
	// given a clerk, a clerk who may confirm as well, and an administrator of the namespace
	bind("clerk", "account-operator-help-desk")
	bind("senior", "account-operator-help-desk")
	bind("senior", "account-operator-confirm-address")
	bind("lead", "account-operator-admin")
	for _, user := range []string{"clerk", "senior", "lead"} {
		eventually(t, user+" may press buttons", func(ctx context.Context) bool { return press(ctx, user, "ResetTwoFactor") == nil })
	}

	// then the first may not confirm, and reads what to ask for, and the others may
	eventually(t, "the clerk is refused", func(ctx context.Context) bool {
		err := press(ctx, "clerk", "ConfirmAddress")
		return apierrors.IsForbidden(err) && strings.Contains(err.Error(),
			"user clerk may not confirm the address of Account alice in namespace "+p.namespace+"; ask for the ClusterRole account-operator-confirm-address there")
	})
	for _, user := range []string{"senior", "lead"} {
		eventually(t, user+" may confirm", func(ctx context.Context) bool { return press(ctx, user, "ConfirmAddress") == nil })
	}
}
