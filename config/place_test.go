package config_test

import (
	"context"
	"strings"
	"testing"

	authorizationv1 "k8s.io/api/authorization/v1"
	corev1 "k8s.io/api/core/v1"
	rbacv1 "k8s.io/api/rbac/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/rest"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/account-operator/account-operator/internal/kinds"
)

const (
	authors      = "authors" // a group that may write our kinds and read nothing
	secretAccess = "account-operator-secret-access"
)

// place is a namespace in which authors may write sets and connections.
type place struct {
	*testing.T
	namespace string
}

func newPlace(t *testing.T) *place {
	t.Helper()
	ns := &corev1.Namespace{ObjectMeta: metav1.ObjectMeta{GenerateName: "place-"}}
	if err := admin.Create(t.Context(), ns); err != nil {
		t.Fatal(err)
	}
	p := &place{T: t, namespace: ns.Name}
	writes := rbacv1.PolicyRule{APIGroups: []string{own}, Verbs: []string{"get", "list", "create", "update", "patch", "delete"}}
	for _, k := range kinds.Claiming() {
		if k.OfAccount {
			writes.Resources = append(writes.Resources, k.Resource(), k.Resource()+"/status")
		}
	}
	p.grant(rbacv1.Subject{Kind: rbacv1.GroupKind, APIGroup: rbacv1.GroupName, Name: authors}, writes)
	p.awaitPolicy()
	return p
}

// grant gives rights in the place.
func (p *place) grant(to rbacv1.Subject, rules ...rbacv1.PolicyRule) {
	p.Helper()
	meta := metav1.ObjectMeta{Namespace: p.namespace, GenerateName: "right-"}
	role := &rbacv1.Role{ObjectMeta: meta, Rules: rules}
	if err := admin.Create(p.Context(), role); err != nil {
		p.Fatal(err)
	}
	err := admin.Create(p.Context(), &rbacv1.RoleBinding{
		ObjectMeta: meta,
		RoleRef:    rbacv1.RoleRef{APIGroup: rbacv1.GroupName, Kind: "Role", Name: role.Name},
		Subjects:   []rbacv1.Subject{to},
	})
	if err != nil {
		p.Fatal(err)
	}
	for _, rule := range rules {
		p.awaitRight(to, rule)
	}
}

// awaitRight waits for the last of what a rule gives: roles take effect one by one.
func (p *place) awaitRight(to rbacv1.Subject, rule rbacv1.PolicyRule) {
	p.Helper()
	last := func(list []string) string { return append([]string{""}, list...)[len(list)] }
	resource, sub, _ := strings.Cut(last(rule.Resources), "/")
	spec := authorizationv1.SubjectAccessReviewSpec{ResourceAttributes: &authorizationv1.ResourceAttributes{
		Namespace: p.namespace, Group: last(rule.APIGroups), Resource: resource, Subresource: sub,
		Verb: last(rule.Verbs), Name: last(rule.ResourceNames),
	}}
	switch to.Kind {
	case rbacv1.GroupKind:
		spec.Groups = []string{to.Name}
	case rbacv1.ServiceAccountKind:
		spec.User = "system:serviceaccount:" + to.Namespace + ":" + to.Name
	default:
		spec.User = to.Name
	}
	eventually(p.T, "the right is in force", func(ctx context.Context) bool {
		review := &authorizationv1.SubjectAccessReview{Spec: spec}
		return admin.Create(ctx, review) == nil && review.Status.Allowed
	})
}

// author is one of the authors, with rights of his own besides.
func (p *place) author(name string, rules ...rbacv1.PolicyRule) client.Client {
	p.Helper()
	if len(rules) > 0 {
		p.grant(rbacv1.Subject{Kind: rbacv1.UserKind, APIGroup: rbacv1.GroupName, Name: name}, rules...)
	}
	return p.as(local.As(name, authors))
}

func (p *place) as(config *rest.Config) client.Client {
	p.Helper()
	// The kinds are known, so that a client for each user costs no discovery.
	c, err := client.New(config, client.Options{Mapper: admin.RESTMapper(), Scheme: admin.Scheme()})
	if err != nil {
		p.Fatal(err)
	}
	return c
}

// onSecrets is a right on all Secrets, or on those with the names given.
func onSecrets(verb string, names ...string) rbacv1.PolicyRule {
	return rbacv1.PolicyRule{APIGroups: []string{""}, Resources: []string{"secrets"}, ResourceNames: names, Verbs: []string{verb}}
}

// awaitPolicy returns once the policy refuses.
func (p *place) awaitPolicy() {
	p.Helper()
	nobody := p.as(local.As("nobody", authors))
	eventually(p.T, "the policy refuses", func(ctx context.Context) bool {
		probe := p.object("EnvVarSet", "probe", takes["env"].spec("theirs"))
		return refused(nobody.Create(ctx, probe, client.DryRunAll))
	})
}

// refused reports whether it was this policy that refused, for a right and not for an error of its own.
func refused(err error) bool {
	return apierrors.IsForbidden(err) && strings.Contains(err.Error(), secretAccess) &&
		(strings.Contains(err.Error(), "may not") || strings.Contains(err.Error(), "needs the right"))
}
