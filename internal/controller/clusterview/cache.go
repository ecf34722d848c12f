package clusterview

import (
	"maps"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/controller-runtime/pkg/cache"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/account-operator/account-operator/api/v1alpha1"
	"github.com/account-operator/account-operator/internal/legible"
)

// CacheOptions keeps the manager small and honest: of Secrets and ConfigMaps only what keeps them and their versions
// apart, of our own kinds not what other tools keep in them. A read through the cache of a kind that is not watched fails, so that no code begins
// to keep Secrets in memory by accident. It reports when a watch broke, for Options.WatchBroke; nil where nothing receives it.
func CacheOptions(namespaces []string, watchBroke chan<- struct{}) cache.Options {
	o := cache.Options{
		NewInformer:                 informers(watchBroke),
		ReaderFailOnMissingInformer: true,
		DefaultTransform:            slim,
		ByObject: map[client.Object]cache.ByObject{
			&corev1.Secret{}:    {Transform: bare},
			&corev1.ConfigMap{}: {Transform: bare},
			&corev1.Namespace{}: {Transform: bare},
		},
	}
	if len(namespaces) > 0 {
		o.DefaultNamespaces = map[string]cache.Config{}
		for _, ns := range namespaces {
			o.DefaultNamespaces[ns] = cache.Config{}
		}
	}
	return o
}

// slim leaves out of our kinds what nothing here reads, of which users may write as much as an object holds: labels, but for some of an Account,
// which sets may choose by them; annotations that are not ours; which fields who wrote, and all but the first owners. Both views of a patch come from the cache, so a patch never takes them away.
func slim(obj any) (any, error) {
	o, ok := obj.(metav1.Object)
	if !ok {
		return obj, nil
	}
	o.SetManagedFields(nil)
	if account, is := obj.(*v1alpha1.Account); is {
		account.Labels = v1alpha1.SelectableLabels(account.Labels)
	} else {
		o.SetLabels(nil)
	}
	maps.DeleteFunc(o.GetAnnotations(), func(name, _ string) bool { return !slices.Contains(v1alpha1.Annotations, name) })
	if owners := o.GetOwnerReferences(); len(owners) > 0 {
		o.SetOwnerReferences(firstOwners(owners))
	}
	return o, nil
}

const (
	// maxOwners are more than an event names.
	maxOwners = 10
	// maxName is as long as the name of any object may be.
	maxName = 253
)

func firstOwners(all []metav1.OwnerReference) []metav1.OwnerReference {
	first := slices.Clone(all[:min(len(all), maxOwners)])
	for i := range first {
		first[i].APIVersion, first[i].Kind, first[i].Name = asName(first[i].APIVersion), asName(first[i].Kind), asName(first[i].Name)
	}
	return first
}

// asName cuts what is longer than any name.
func asName(text string) string {
	if len(text) <= maxName {
		return text
	}
	return strings.Clone(legible.Cut(text, maxName))
}

// bare strips annotations as well: that of kubectl apply holds a Secret's whole content.
func bare(obj any) (any, error) {
	if o, ok := obj.(metav1.Object); ok {
		o.SetManagedFields(nil)
		o.SetAnnotations(nil)
		o.SetOwnerReferences(nil)
		o.SetFinalizers(nil)
	}
	return obj, nil
}
