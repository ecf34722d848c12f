// Package clusterview is how the controllers see Kubernetes: a cache that keeps little, its indexes, claims, and reads past the cache.
package clusterview

import (
	"context"
	"fmt"
	"slices"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/types"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/account-operator/account-operator/api/v1alpha1"
	"github.com/account-operator/account-operator/internal/controller/object"
	"github.com/account-operator/account-operator/internal/controller/outcome"
	"github.com/account-operator/account-operator/internal/kinds"
	"github.com/account-operator/account-operator/internal/source"
	"github.com/account-operator/account-operator/internal/store"
)

// AllowAdoption is the label by which a cluster administrator lets accounts of a namespace be bound again.
const AllowAdoption = "account-operator.io/allow-adoption"

// Reader reads Kubernetes for the kinds: their own objects and metadata of the rest from the cache, contents live.
type Reader struct {
	Cached  client.Reader // our kinds; of Secrets, ConfigMaps and Namespaces only metadata
	Live    client.Reader // the API server itself
	Sources source.Reader
	Loads   source.Loads
	Scheme  *runtime.Scheme
	Cluster string // identity in every claim
}

// Claim says what the store shall know the object by.
func (w *Reader) Claim(ctx context.Context, k store.Kind, obj client.Object) (store.Claim, error) {
	ns, err := w.Namespace(ctx, obj.GetNamespace())
	if err != nil {
		return store.Claim{}, err
	}
	return store.Claim{
		Cluster: w.Cluster, Kind: k,
		Namespace: obj.GetNamespace(), NamespaceUID: string(ns.UID),
		Name: obj.GetName(), UID: string(obj.GetUID()),
	}, nil
}

// Namespace reads from the cache, and live where the cache does not know the namespace yet or knows one on its way out,
// which may have a namesake already.
func (w *Reader) Namespace(ctx context.Context, name string) (*metav1.PartialObjectMetadata, error) {
	ns := MetadataOf("Namespace")
	err := w.Cached.Get(ctx, types.NamespacedName{Name: name}, ns)
	if err == nil && ns.DeletionTimestamp.IsZero() {
		return ns, nil
	}
	if client.IgnoreNotFound(err) != nil {
		return nil, outcome.FromAPI(fmt.Errorf("read namespace: %w", err))
	}
	if err := w.Live.Get(ctx, types.NamespacedName{Name: name}, ns); err != nil {
		return nil, outcome.FromAPI(fmt.Errorf("read namespace: %w", err))
	}
	return ns, nil
}

// InCache reports whether the cache has the very object of a claim.
func InCache(cached client.Reader) func(store.Claim) bool {
	return func(c store.Claim) bool {
		kind, known := kinds.Named(c.Kind)
		if !known {
			return false
		}
		obj := kind.New()
		err := cached.Get(context.Background(), types.NamespacedName{Namespace: c.Namespace, Name: c.Name}, obj)
		return err == nil && string(obj.GetUID()) == c.UID
	}
}

// Account finds the claim of the Account that a child belongs to. Whether the store has it yet, the store knows.
func (w *Reader) Account(ctx context.Context, obj object.Child) (store.Claim, error) {
	var a v1alpha1.Account
	err := w.Cached.Get(ctx, types.NamespacedName{Namespace: obj.GetNamespace(), Name: obj.AccountName()}, &a)
	if apierrors.IsNotFound(err) {
		return store.Claim{}, AccountNotFound(obj.AccountName())
	}
	if err != nil {
		return store.Claim{}, outcome.FromAPI(fmt.Errorf("read Account: %w", err))
	}
	if a.Spec.ClassName != obj.Common().ClassName {
		return store.Claim{}, classMismatch(&a, obj)
	}
	if a.Observes() {
		return store.Claim{}, AccountNotManaged(a.Name)
	}
	return w.Claim(ctx, store.KindAccount, &a)
}

// AccountNotFound is the outcome where the Account that an object names is not there.
func AccountNotFound(name string) error {
	return outcome.WaitingFor(v1alpha1.ReasonAccountNotFound,
		"there is no Account %q in this namespace; create it, or delete this object", name)
}

func classMismatch(a *v1alpha1.Account, obj object.Child) error {
	return outcome.StalledBy(v1alpha1.ReasonClassMismatch,
		"the Account %q is of class %q, this object of class %q; make it anew with the Account's className",
		a.Name, a.Spec.ClassName, obj.Common().ClassName)
}

// AccountNotReady is the outcome where the Account has no row in the store.
func AccountNotReady(name string) error {
	return outcome.WaitingFor(v1alpha1.ReasonAccountNotReady,
		"the Account %q is not in the store; see its conditions", name)
}

// AccountNotManaged is the outcome where the Account is only observed.
func AccountNotManaged(name string) error {
	return outcome.StalledBy(v1alpha1.ReasonAccountNotManaged,
		"the Account %q is only observed, so nothing of it is written; set its spec.managementPolicy to Manage, or delete this object", name)
}

// CachedVersions reports which version of each source the cache knows, without reading any content.
func (w *Reader) CachedVersions(ctx context.Context, namespace string, refs []source.Ref) (map[source.Ref]source.Object, error) {
	objects := make(map[source.Ref]source.Object, len(refs))
	for _, ref := range refs {
		m := MetadataOf(string(ref.Kind))
		err := w.Cached.Get(ctx, types.NamespacedName{Namespace: namespace, Name: ref.Name}, m)
		if client.IgnoreNotFound(err) != nil {
			return nil, outcome.FromAPI(fmt.Errorf("look at %s: %w", ref, err))
		}
		objects[ref] = source.Object{UID: m.UID, ResourceVersion: m.ResourceVersion}
	}
	return objects, nil
}

// SecretsWith answers from the cache which Secrets of the namespace have certain labels.
func (w *Reader) SecretsWith(ctx context.Context, namespace string) source.Match {
	return func(wanted labels.Set) ([]string, error) {
		found := &metav1.PartialObjectMetadataList{}
		found.SetGroupVersionKind(corev1.SchemeGroupVersion.WithKind("SecretList"))
		err := w.Cached.List(ctx, found, client.InNamespace(namespace),
			client.MatchingLabels(wanted), client.UnsafeDisableDeepCopy)
		names := make([]string, len(found.Items))
		for i := range found.Items {
			names[i] = found.Items[i].Name
		}
		slices.Sort(names)
		return names, outcome.FromAPI(err)
	}
}

// Read reads the content of the sources live.
func (w *Reader) Read(ctx context.Context, namespace string, refs []source.Ref, load *source.Load) (map[source.Ref]source.Object, error) {
	objects, err := w.Sources.Read(ctx, namespace, refs, load)
	return objects, outcome.FromAPI(err)
}

// SourcePart is what a source adds to a fingerprint.
type SourcePart struct {
	Ref, UID, Version string
	// Consent is part of it, so that a manager that begins to ask for consent compares every Secret once.
	Consent bool
}

// SourceParts are what the sources of an object add to its fingerprint.
func (w *Reader) SourceParts(refs []source.Ref, objects map[source.Ref]source.Object) []SourcePart {
	parts := make([]SourcePart, 0, len(refs))
	for _, ref := range refs {
		o := objects[ref]
		parts = append(parts, SourcePart{ref.String(), string(o.UID), o.ResourceVersion, w.Sources.RequireConsent})
	}
	return parts
}

// MetadataOf makes the empty metadata object of a core kind.
func MetadataOf(kind string) *metav1.PartialObjectMetadata {
	m := &metav1.PartialObjectMetadata{}
	m.SetGroupVersionKind(corev1.SchemeGroupVersion.WithKind(kind))
	return m
}
