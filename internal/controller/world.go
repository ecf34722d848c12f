package controller

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
	"github.com/account-operator/account-operator/internal/source"
	"github.com/account-operator/account-operator/internal/store"
)

// allowAdoption is the label by which a cluster administrator lets accounts of a namespace be bound again.
const allowAdoption = "account-operator.io/allow-adoption"

// world reads Kubernetes for the kinds: their own objects and metadata of the rest from the cache, contents live.
type world struct {
	cached  client.Reader // our kinds; of Secrets, ConfigMaps and Namespaces only metadata
	live    client.Reader // the API server itself
	sources source.Reader
	loads   source.Loads
	scheme  *runtime.Scheme
	cluster string // identity in every claim
}

// claim says what the store shall know the object by.
func (w *world) claim(ctx context.Context, k store.Kind, obj client.Object) (store.Claim, error) {
	ns, err := w.namespace(ctx, obj.GetNamespace())
	if err != nil {
		return store.Claim{}, err
	}
	return store.Claim{
		Cluster: w.cluster, Kind: k,
		Namespace: obj.GetNamespace(), NamespaceUID: string(ns.UID),
		Name: obj.GetName(), UID: string(obj.GetUID()),
	}, nil
}

// namespace reads from the cache, and live where the cache does not know the namespace yet or knows one on its way out,
// which may have a namesake already.
func (w *world) namespace(ctx context.Context, name string) (*metav1.PartialObjectMetadata, error) {
	ns := metadataOf("Namespace")
	err := w.cached.Get(ctx, types.NamespacedName{Name: name}, ns)
	if err == nil && ns.DeletionTimestamp.IsZero() {
		return ns, nil
	}
	if client.IgnoreNotFound(err) != nil {
		return nil, fromAPI(fmt.Errorf("read namespace: %w", err))
	}
	if err := w.live.Get(ctx, types.NamespacedName{Name: name}, ns); err != nil {
		return nil, fromAPI(fmt.Errorf("read namespace: %w", err))
	}
	return ns, nil
}

// inCache tells whether the cache has the very object of a claim.
func inCache(cached client.Reader) func(store.Claim) bool {
	return func(c store.Claim) bool {
		var obj client.Object
		switch c.Kind {
		case store.KindAccount:
			obj = &v1alpha1.Account{}
		case store.KindEnvVarSet:
			obj = &v1alpha1.EnvVarSet{}
		default:
			obj = &v1alpha1.CloudConnection{}
		}
		err := cached.Get(context.Background(), types.NamespacedName{Namespace: c.Namespace, Name: c.Name}, obj)
		return err == nil && string(obj.GetUID()) == c.UID
	}
}

// account finds the claim of the Account that a child belongs to. Whether the store has it yet, the store knows.
func (w *world) account(ctx context.Context, obj child) (store.Claim, error) {
	var a v1alpha1.Account
	err := w.cached.Get(ctx, types.NamespacedName{Namespace: obj.GetNamespace(), Name: obj.AccountName()}, &a)
	if apierrors.IsNotFound(err) {
		return store.Claim{}, accountNotFound(obj.AccountName())
	}
	if err != nil {
		return store.Claim{}, fromAPI(fmt.Errorf("read Account: %w", err))
	}
	if a.Spec.ClassName != obj.Common().ClassName {
		return store.Claim{}, classMismatch(&a, obj)
	}
	if a.Observes() {
		return store.Claim{}, accountNotManaged(a.Name)
	}
	return w.claim(ctx, store.KindAccount, &a)
}

func accountNotFound(name string) error {
	return waitingFor(v1alpha1.ReasonAccountNotFound,
		"there is no Account %q in this namespace; create it, or delete this object", name)
}

func classMismatch(a *v1alpha1.Account, obj child) error {
	return stalledBy(v1alpha1.ReasonClassMismatch,
		"the Account %q is of class %q, this object of class %q; make it anew with the Account's className",
		a.Name, a.Spec.ClassName, obj.Common().ClassName)
}

func accountNotReady(name string) error {
	return waitingFor(v1alpha1.ReasonAccountNotReady,
		"the Account %q is not in the store; see its conditions", name)
}

func accountNotManaged(name string) error {
	return stalledBy(v1alpha1.ReasonAccountNotManaged,
		"the Account %q is only observed, so nothing of it is written; set its spec.managementPolicy to Manage, or delete this object", name)
}

// glance tells which version of each source the cache knows, without reading any content.
func (w *world) glance(ctx context.Context, namespace string, refs []source.Ref) (map[source.Ref]source.Object, error) {
	objects := make(map[source.Ref]source.Object, len(refs))
	for _, ref := range refs {
		m := metadataOf(string(ref.Kind))
		err := w.cached.Get(ctx, types.NamespacedName{Namespace: namespace, Name: ref.Name}, m)
		if client.IgnoreNotFound(err) != nil {
			return nil, fromAPI(fmt.Errorf("look at %s: %w", ref, err))
		}
		objects[ref] = source.Object{UID: m.UID, ResourceVersion: m.ResourceVersion}
	}
	return objects, nil
}

// secretsWith answers from the cache which Secrets of the namespace have certain labels.
func (w *world) secretsWith(ctx context.Context, namespace string) source.Match {
	return func(wanted labels.Set) ([]string, error) {
		found := &metav1.PartialObjectMetadataList{}
		found.SetGroupVersionKind(corev1.SchemeGroupVersion.WithKind("SecretList"))
		err := w.cached.List(ctx, found, client.InNamespace(namespace),
			client.MatchingLabels(wanted), client.UnsafeDisableDeepCopy)
		names := make([]string, len(found.Items))
		for i := range found.Items {
			names[i] = found.Items[i].Name
		}
		slices.Sort(names)
		return names, fromAPI(err)
	}
}

// read reads the content of the sources live.
func (w *world) read(ctx context.Context, namespace string, refs []source.Ref, load *source.Load) (map[source.Ref]source.Object, error) {
	objects, err := w.sources.Read(ctx, namespace, refs, load)
	return objects, fromAPI(err)
}

// metadataOf makes the empty metadata object of a core kind.
func metadataOf(kind string) *metav1.PartialObjectMetadata {
	m := &metav1.PartialObjectMetadata{}
	m.SetGroupVersionKind(corev1.SchemeGroupVersion.WithKind(kind))
	return m
}

// recount has the Account of a child tell anew how much it has. An Account that is not there has nothing to tell.
func (w *world) recount(ctx context.Context, l *leading, obj child) {
	if account, err := w.account(ctx, obj); err == nil {
		l.recount(account)
	}
}
