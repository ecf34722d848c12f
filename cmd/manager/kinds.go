package main

import (
	"context"
	"errors"
	"strings"
	"time"

	"k8s.io/apimachinery/pkg/api/meta"
	"k8s.io/apimachinery/pkg/util/wait"
	"k8s.io/client-go/discovery"
	"k8s.io/client-go/rest"

	"github.com/account-operator/account-operator/api/v1alpha1"
	"github.com/account-operator/account-operator/internal/crdcheck"
)

// kindsKnown is how long the API server may take until it shows kinds that were just installed; it takes under a second.
const kindsKnown = 5 * time.Second

// named is how many things that the kinds lack a message names.
const named = 5

// checkKinds refuses to work with kinds older than this manager: the API server would drop, unsaid, what they have no place
// for, from what users write and from status.
func checkKinds(ctx context.Context, cluster *rest.Config) error {
	client, err := discovery.NewDiscoveryClientForConfig(cluster)
	if err != nil {
		return err
	}
	var lack []string
	err = wait.PollUntilContextTimeout(ctx, 250*time.Millisecond, kindsKnown, true, func(within context.Context) (bool, error) {
		now, err := crdcheck.Lacking(within, client.RESTClient())
		select {
		case <-within.Done():
			return false, nil // what was found before counts
		default:
			lack = now
			return len(lack) == 0, err
		}
	})
	if len(lack) == 0 || ctx.Err() != nil {
		return err
	}
	what := strings.Join(lack[:min(named, len(lack))], ", ")
	if more := len(lack) - named; more > 0 {
		what += ", and more"
	}
	return kindsMissing(what)
}

func kindsMissing(what string) error {
	return usagef("the cluster's kinds are missing or older than this manager: they have no %s; install those of this version first, "+
		"by helm upgrade of the release with crds.enabled=true or kubectl apply --server-side -k config/crd", what)
}

// advised is what to do about a kind that turns out not to be served only when it is asked for.
func advised(err error) error {
	if missing := (*meta.NoKindMatchError)(nil); errors.As(err, &missing) && missing.GroupKind.Group == v1alpha1.GroupVersion.Group {
		return kindsMissing(missing.GroupKind.Kind)
	}
	return err
}
