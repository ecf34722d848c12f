package cli

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/api/meta"

	"github.com/account-operator/account-operator/internal/kinds"
)

// explain turns the API server's answer into what the person at the terminal can do about it.
func (s *session) explain(ctx context.Context, err error, verb string, t target) error {
	switch {
	case err == nil:
		return nil
	case meta.IsNoMatchError(err):
		return failuref(ExitNotFound, "this cluster does not have the kinds of account-operator.io/v1alpha1; install account-operator there, or choose another cluster with --context")
	case apierrors.IsNotFound(err) && t.name != "":
		return s.noSuch(ctx, t)
	case apierrors.IsUnauthorized(err):
		return failuref(ExitForbidden, "the API server does not know who you are; log in again, or choose other credentials with --user or --context")
	case apierrors.IsForbidden(err) && !strings.Contains(err.Error(), " cannot "+verb+" resource "):
		// A policy or a quota refuses whoever has the right, and says itself what it asks for.
		return failuref(ExitForbidden, "the API server refuses this: %v", err)
	case apierrors.IsForbidden(err):
		return failuref(ExitForbidden, "the API server refuses this: %v\nit takes the right to %s %s.account-operator.io in the namespace %s; %s has it",
			err, verb, t.kind.Resource(), s.namespace, role(verb, t.kind))
	default:
		return fmt.Errorf("could not %s %s: %w", verb, strings.TrimSuffix(t.String(), "/"), err)
	}
}

// role is one that is shipped and has the right.
func role(verb string, k kinds.Kind) string {
	switch {
	case verb == "get" || verb == "list":
		return "the ClusterRole account-operator-viewer (part of view)"
	case !k.Claims:
		return "the ClusterRole account-operator-help-desk"
	case !k.OfAccount:
		return "the ClusterRole account-operator-admin (part of admin)"
	default:
		return "the ClusterRole account-operator-editor (part of edit)"
	}
}

// noSuch says that there is no such object, and which names come near.
func (s *session) noSuch(ctx context.Context, t target) error {
	hint := ""
	names, err := s.names(ctx, t.kind)
	switch near := nearest(t.name, names); {
	case err != nil: // whoever may not list gets no hint
	case len(names) == 0:
		hint = "; this namespace has none (choose another one with -n)"
	case len(near) > 0:
		hint = "; did you mean " + strings.Join(near, " or ") + "?"
	}
	return failuref(ExitNotFound, "there is no %s %q in the namespace %q%s", t.kind.Name, t.name, s.namespace, hint)
}

// nearest are the names that a user may have meant, at most three. cobra knows what a mistyped command was to be; other
// names are no different.
func nearest(typed string, names []string) []string {
	known := &cobra.Command{SuggestionsMinimumDistance: 2}
	for _, name := range names {
		known.AddCommand(&cobra.Command{Use: name, Run: func(*cobra.Command, []string) {}})
	}
	near := known.SuggestionsFor(typed)
	slices.Sort(near)
	return near[:min(3, len(near))]
}
