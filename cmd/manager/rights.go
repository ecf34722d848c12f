package main

import (
	"context"
	"fmt"
	"strings"
	"time"

	authorizationv1 "k8s.io/api/authorization/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/wait"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/rest"

	"github.com/account-operator/account-operator/api/v1alpha1"
)

// rightsKnown is how long the API server may take until it knows of a role that was just bound.
const rightsKnown = 5 * time.Second

// watched is what a manager watches before it can do anything at all: without one of these rights its caches would never be filled,
// and it would wait, and look well, until it gave up.
var watched = []struct{ group, resource string }{
	{v1alpha1.GroupVersion.Group, "accounts"}, {v1alpha1.GroupVersion.Group, "envvarsets"},
	{v1alpha1.GroupVersion.Group, "cloudconnections"}, {v1alpha1.GroupVersion.Group, "accountactions"},
	{"", "secrets"}, {"", "configmaps"},
}

// checkRights refuses to work without a right that every pass would miss. An API server that does not answer the question is not
// waited for: what is missing shows later.
func checkRights(ctx context.Context, cluster *rest.Config, namespaces []string) error {
	clients, err := kubernetes.NewForConfig(cluster)
	if err != nil {
		return fmt.Errorf("make a client for the manager's rights: %w", err)
	}
	if len(namespaces) == 0 {
		namespaces = []string{metav1.NamespaceAll}
	}
	var lack []string
	_ = wait.PollUntilContextTimeout(ctx, time.Second, rightsKnown, true, func(ctx context.Context) (bool, error) {
		now, err := lacking(ctx, clients, namespaces)
		lack = now
		return len(now) == 0, err
	})
	if len(lack) == 0 {
		return nil
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	return usagef("the manager's ServiceAccount lacks rights: it may not %s; bind the role account-operator-manager to it, "+
		"by helm upgrade of the release or kubectl apply --server-side -k config/default", strings.Join(lack, ", nor "))
}

func lacking(ctx context.Context, clients kubernetes.Interface, namespaces []string) (lack []string, err error) {
	for _, namespace := range namespaces {
		for _, of := range watched {
			for _, verb := range []string{"list", "watch"} {
				review := &authorizationv1.SelfSubjectAccessReview{Spec: authorizationv1.SelfSubjectAccessReviewSpec{
					ResourceAttributes: &authorizationv1.ResourceAttributes{Namespace: namespace, Verb: verb, Group: of.group, Resource: of.resource},
				}}
				answer, err := clients.AuthorizationV1().SelfSubjectAccessReviews().Create(ctx, review, metav1.CreateOptions{})
				if err != nil {
					return nil, err
				}
				if !answer.Status.Allowed {
					lack = append(lack, verb+" "+of.resource+where(namespace))
				}
			}
			if len(lack) >= named {
				return lack, nil
			}
		}
	}
	return lack, nil
}

func where(namespace string) string {
	if namespace == metav1.NamespaceAll {
		return ""
	}
	return " in " + namespace
}
