package config_test

import (
	"context"
	"fmt"
	"slices"
	"testing"

	authorizationv1 "k8s.io/api/authorization/v1"
	rbacv1 "k8s.io/api/rbac/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/account-operator/account-operator/internal/kinds"
)

const manager = "system:serviceaccount:account-operator-system:account-operator"

// access is one question to the API server: may this user do this?
type access struct{ verb, group, resource, namespace, name string }

func (a access) String() string {
	return fmt.Sprintf("%s %s %s in group %q, namespace %q", a.verb, a.resource, a.name, a.group, a.namespace)
}

const (
	own    = "account-operator.io"
	home   = "account-operator-system"
	coord  = "coordination.k8s.io"
	events = "events.k8s.io"
)

// neededOf is what the manager does with the objects of a kind.
func neededOf(k kinds.Kind) []access {
	puts := access{"delete", own, k.Resource(), "default", ""} // one that has ended
	if k.Claims {
		puts.verb = "patch" // its finalizer
	}
	return []access{{"watch", own, k.Resource(), "", ""}, puts, {"update", own, k.Resource() + "/status", "default", ""}}
}

// needed is what the manager does beside.
var needed = []access{
	{"get", "", "secrets", "default", ""},
	{"watch", "", "secrets", "", ""},
	{"get", "", "configmaps", "default", ""},
	{"watch", "", "configmaps", "", ""},
	{"get", "", "namespaces", "", ""},
	{"watch", "", "namespaces", "", ""},
	{"create", events, "events", "default", ""},
	{"patch", events, "events", "default", ""},
	{"get", coord, "leases", home, ""},
	{"create", coord, "leases", home, ""},
	{"update", coord, "leases", home, ""},
	{"create", "", "configmaps", home, ""},
	{"update", "", "configmaps", home, "account-operator-store"},
	{"create", "authentication.k8s.io", "tokenreviews", "", ""},
	{"create", "authorization.k8s.io", "subjectaccessreviews", "", ""},
}

// denied is what a manager that was taken over would be asked for first.
var denied = []access{
	{"create", own, "accountactions", "default", ""},
	{"patch", own, "accountactions", "default", ""},
	{"create", own, "accounts", "default", ""},
	{"delete", own, "accounts", "default", ""},
	{"update", own, "accounts", "default", ""},
	{"create", "", "secrets", "default", ""},
	{"update", "", "secrets", "default", ""},
	{"patch", "", "secrets", "default", ""},
	{"delete", "", "secrets", "default", ""},
	{"update", "", "configmaps", "default", ""},
	{"update", "", "configmaps", home, "another"},
	{"delete", "", "configmaps", home, "account-operator-store"},
	{"create", "", "pods", home, ""},
	{"create", "", "pods/exec", home, ""},
	{"create", "", "serviceaccounts/token", home, ""},
	{"impersonate", "", "users", "", ""},
	{"patch", "", "namespaces", "", ""},
	{"update", coord, "leases", "kube-system", ""},
	{"delete", coord, "leases", home, ""},
	{"bind", rbacv1.GroupName, "clusterroles", "", ""},
	{"escalate", rbacv1.GroupName, "clusterroles", "", ""},
	{"create", rbacv1.GroupName, "rolebindings", "default", ""},
	{"patch", "admissionregistration.k8s.io", "mutatingadmissionpolicies", "", ""},
	{"patch", "apiextensions.k8s.io", "customresourcedefinitions", "", ""},
	{"list", "", "nodes", "", ""},
	{"*", "*", "*", "", ""},
}

func TestManagerRole_Rights_AreWhatItNeeds(t *testing.T) {
	all := slices.Clone(needed)
	for _, k := range kinds.All {
		all = append(all, neededOf(k)...)
	}
	for _, a := range all {
		t.Run("may "+a.String(), func(t *testing.T) {
			eventually(t, a.String(), func(ctx context.Context) bool { return may(ctx, t, manager, a) })
		})
	}
	for _, a := range denied {
		t.Run("may not "+a.String(), func(t *testing.T) {
			if may(t.Context(), t, manager, a) {
				t.Error("allowed")
			}
		})
	}
}

func may(ctx context.Context, t *testing.T, user string, a access, groups ...string) bool {
	t.Helper()
	review := &authorizationv1.SubjectAccessReview{Spec: authorizationv1.SubjectAccessReviewSpec{
		User: user, Groups: groups,
		ResourceAttributes: &authorizationv1.ResourceAttributes{Verb: a.verb, Group: a.group, Resource: a.resource, Namespace: a.namespace, Name: a.name},
	}}
	if err := admin.Create(ctx, review); err != nil {
		t.Fatal(err)
	}
	return review.Status.Allowed
}

func TestRoles_Rules_HaveNoWildcards(t *testing.T) {
	roles := &rbacv1.ClusterRoleList{}
	if err := admin.List(t.Context(), roles, client.MatchingLabels{"app.kubernetes.io/name": "account-operator"}); err != nil {
		t.Fatal(err)
	}
	if len(roles.Items) == 0 {
		t.Fatal("no roles are installed")
	}
	for _, role := range roles.Items {
		for _, rule := range role.Rules {
			if slices.Contains(slices.Concat(rule.APIGroups, rule.Resources, rule.Verbs), "*") {
				t.Errorf("%s: %v", role.Name, rule)
			}
		}
	}
}
