package main

import (
	"reflect"
	"slices"
	"strings"

	"k8s.io/apimachinery/pkg/api/meta"
	"k8s.io/apimachinery/pkg/runtime"

	"github.com/account-operator/account-operator/api/v1alpha1"
)

// kind is a kind of this group: where it is served, and what its spec looks like.
type kind struct {
	resource string
	spec     reflect.Type
}

// kinds finds every kind that is registered, so that a new one is looked at without being listed here. Only the spec
// counts: what stands in a status was not written by the requester, and the API server ignores what he sends there.
func kinds() []kind {
	scheme := runtime.NewScheme()
	if err := v1alpha1.AddToScheme(scheme); err != nil {
		panic(err)
	}
	var found []kind
	for name, object := range scheme.KnownTypes(v1alpha1.GroupVersion) {
		if spec, has := object.FieldByName("Spec"); has {
			resource, _ := meta.UnsafeGuessKindToResource(v1alpha1.GroupVersion.WithKind(name))
			found = append(found, kind{resource: resource.Resource, spec: spec.Type})
		}
	}
	slices.SortFunc(found, func(a, b kind) int { return strings.Compare(a.resource, b.resource) })
	return found
}
