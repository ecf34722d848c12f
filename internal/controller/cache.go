package controller

import (
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/controller-runtime/pkg/cache"
	"sigs.k8s.io/controller-runtime/pkg/client"
)

// CacheOptions keeps the manager small and honest: of Secrets and ConfigMaps only what tells them and their versions
// apart, of our own kinds not what other tools keep in them. A read through the cache of a kind that is not watched fails, so that nobody begins
// to keep Secrets in memory by accident. It tells when a watch broke, for Options.WatchBroke; nil where nobody listens.
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

// slim leaves out what nobody here reads and what makes most of an object that came by kubectl apply: who wrote which field,
// and the copy of the whole object. Both views of a patch come from the cache, so a patch never takes them away.
func slim(obj any) (any, error) {
	if o, ok := obj.(metav1.Object); ok {
		o.SetManagedFields(nil)
		delete(o.GetAnnotations(), corev1.LastAppliedConfigAnnotation)
	}
	return obj, nil
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
