package main

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	authorizationv1 "k8s.io/api/authorization/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/wait"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/rest"

	"github.com/account-operator/account-operator/api/v1alpha1"
	"github.com/account-operator/account-operator/internal/kinds"
)

// rightsKnown is how long the API server may take until it knows of a role that was just bound.
const rightsKnown = 5 * time.Second

// right is what a manager has to be allowed, of all objects of a resource or of one.
type right struct {
	authorizationv1.ResourceAttributes
	verbs []string
}

// leaseRights are those on the Lease, which only an elected manager needs.
func (c *config) leaseRights(namespace string) right {
	return right{authorizationv1.ResourceAttributes{
		Namespace: namespace, Group: "coordination.k8s.io", Resource: "leases", Name: c.leaseName(),
	}, []string{"get", "create", "update"}}
}

// needed are the rights without which a manager would wait, and look well: its caches would never be filled, its Lease never be got, or
// each reconcile would fail at its end. What it can do without for a while is not among them.
func (c *config) needed() (all []right, err error) {
	kind := func(namespace, resource, subresource string, verbs ...string) {
		all = append(all, right{authorizationv1.ResourceAttributes{
			Namespace: namespace, Group: v1alpha1.GroupVersion.Group, Resource: resource, Subresource: subresource,
		}, verbs})
	}
	core := func(namespace, resource string) {
		all = append(all, right{authorizationv1.ResourceAttributes{Namespace: namespace, Resource: resource}, []string{"get", "list", "watch"}})
	}
	for _, namespace := range orAll(c.watchNamespaces) {
		for _, k := range kinds.All {
			verbs := []string{"list", "watch", "delete"} // of an action, whose time ends
			if k.Claims {
				verbs = []string{"get", "list", "watch", "patch"}
			}
			kind(namespace, k.Resource(), "", verbs...)
			kind(namespace, k.Resource(), "status", "update")
		}
		core(namespace, "secrets")
		core(namespace, "configmaps")
	}
	core("", "namespaces")
	if !c.lease.elect {
		return all, nil
	}
	namespace, err := leaseNamespace(c.lease.namespace)
	return append(all, c.leaseRights(namespace)), err
}

// checkRights refuses to work without a right that every reconcile would miss. An API server that does not answer the question is not
// waited for: what is missing shows later.
func checkRights(ctx context.Context, cluster *rest.Config, needed []right) error {
	own := rest.CopyConfig(cluster)
	own.Timeout = rightsKnown
	clients, err := kubernetes.NewForConfig(own)
	if err != nil {
		return fmt.Errorf("make a client for the manager's rights: %w", err)
	}
	var lack []string
	_ = wait.PollUntilContextTimeout(ctx, time.Second, rightsKnown, true, func(context.Context) (bool, error) {
		now, err := lacking(ctx, clients, needed) // a request that was broken off would be a line in the log
		lack = now
		return len(now) == 0, err
	})
	if len(lack) == 0 {
		return nil
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	return usagef("the manager's ServiceAccount lacks rights: it may not %s; bind the roles account-operator-manager and "+
		"account-operator-leader-election to it, by helm upgrade of the release or kubectl apply --server-side -k config/default",
		strings.Join(lack, ", nor "))
}

// lacking names the first few of the rights that the manager has not.
func lacking(ctx context.Context, clients kubernetes.Interface, needed []right) (lack []string, err error) {
	for _, r := range needed {
		for _, verb := range r.verbs {
			of := r.ResourceAttributes
			of.Verb = verb
			review := &authorizationv1.SelfSubjectAccessReview{Spec: authorizationv1.SelfSubjectAccessReviewSpec{ResourceAttributes: &of}}
			answer, err := clients.AuthorizationV1().SelfSubjectAccessReviews().Create(ctx, review, metav1.CreateOptions{})
			if err != nil {
				return nil, err
			}
			if !answer.Status.Allowed {
				lack = append(lack, spelledOut(&of))
			}
			if len(lack) >= named {
				return lack, nil
			}
		}
	}
	return lack, nil
}

// spelledOut is a right as a person would write it.
func spelledOut(of *authorizationv1.ResourceAttributes) string {
	words := []string{of.Verb, strings.Join(slices.DeleteFunc([]string{of.Resource, of.Subresource}, func(s string) bool { return s == "" }), "/")}
	if of.Namespace != "" {
		words = append(words, "in", of.Namespace)
	}
	return strings.Join(words, " ")
}
