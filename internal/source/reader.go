package source

import (
	"context"
	"fmt"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/types"

	"github.com/account-operator/account-operator/api/v1alpha1"
)

// Ref names a Secret or ConfigMap. The namespace is always that of the object that refers to it.
type Ref struct {
	Kind v1alpha1.SourceKind
	Name string
}

// String is the form that the field index and messages use, such as Secret/hf.
func (r Ref) String() string { return string(r.Kind) + "/" + r.Name }

// Object is one Secret or ConfigMap as it was read. The zero Object does not exist.
type Object struct {
	UID             types.UID
	ResourceVersion string
	Labels          labels.Set
	Data            map[string][]byte
}

// Exists reports whether the object was there.
func (o Object) Exists() bool { return o.UID != "" }

// perKey is about what a key takes in memory beside its name and content. A MiB can have a hundred thousand of them.
const perKey = 64

// size is what the object takes in memory, about.
func (o Object) size() int {
	n := 0
	for key, value := range o.Data {
		n += perKey + len(key) + len(value)
	}
	return n
}

// refused are types of Secrets that are never synced: they open the cluster itself, or hold another tool's state.
var refused = map[corev1.SecretType]bool{
	corev1.SecretTypeServiceAccountToken: true,
	corev1.SecretTypeBootstrapToken:      true,
	"helm.sh/release.v1":                 true,
}

// AllowSync is the label by which the owner of a Secret agrees that it leaves the cluster.
const AllowSync = "account-operator.io/allow-sync"

// Live reads one object live. It is given in place of a client, which would make each test of what only judges sources link it.
type Live func(ctx context.Context, key types.NamespacedName, into interface {
	metav1.Object
	runtime.Object
}) error

// Reader reads sources live.
type Reader struct {
	live Live
	// RequireConsent refuses every Secret without the label AllowSync. It is for clusters in which no admission policy
	// holds users to the Secrets that they may read themselves.
	RequireConsent bool

	under chan struct{} // one for each read under way
}

// readsAtOnce bounds the reads under way: what comes is of any size up to that of the largest object, and is judged once it is
// here.
const readsAtOnce = 8

// NewReader makes a reader of the API server itself.
func NewReader(live Live, requireConsent bool) Reader {
	return Reader{live: live, RequireConsent: requireConsent, under: make(chan struct{}, readsAtOnce)}
}

// Read reads each object once, and no more of them once load says so. An object that does not exist is in the result as the
// zero Object.
func (r Reader) Read(ctx context.Context, namespace string, refs []Ref, load *Load) (map[Ref]Object, error) {
	objects := make(map[Ref]Object, len(refs))
	for _, ref := range refs {
		o, err := r.readWithin(ctx, namespace, ref, load)
		if err != nil {
			return nil, err
		}
		objects[ref] = o
	}
	return objects, nil
}

func (r Reader) readWithin(ctx context.Context, namespace string, ref Ref, load *Load) (Object, error) {
	select {
	case r.under <- struct{}{}:
		defer func() { <-r.under }()
	case <-ctx.Done():
		return Object{}, ctx.Err()
	}
	o, err := r.read(ctx, types.NamespacedName{Namespace: namespace, Name: ref.Name}, ref)
	if err != nil && !apierrors.IsNotFound(err) {
		return Object{}, err
	}
	return o, load.Add(o.size())
}

func (r Reader) read(ctx context.Context, key types.NamespacedName, ref Ref) (Object, error) {
	if ref.Kind == v1alpha1.SourceConfigMap {
		return readConfigMap(ctx, r.live, key, ref)
	}
	var s corev1.Secret
	if err := r.live(ctx, key, &s); err != nil {
		return Object{}, wrapRead(ref, err)
	}
	// It is judged in the read that gives the values: between two reads it could be made again.
	if err := r.refuses(ref, &s); err != nil {
		return Object{}, err
	}
	return Object{UID: s.UID, ResourceVersion: s.ResourceVersion, Labels: s.Labels, Data: s.Data}, nil
}

// refuses says why nothing is taken from a Secret.
func (r Reader) refuses(ref Ref, s *corev1.Secret) error {
	if r.RequireConsent && s.Labels[AllowSync] != "true" {
		return problem(v1alpha1.ReasonSourceRefused,
			"%s does not carry the label %s=true, without which this operator takes nothing from a Secret; label it, or name another",
			ref, AllowSync)
	}
	if refused[s.Type] {
		return problem(v1alpha1.ReasonSourceRefused, "%s has the type %s, which is never synced; name another Secret", ref, s.Type)
	}
	return nil
}

func readConfigMap(ctx context.Context, live Live, key types.NamespacedName, ref Ref) (Object, error) {
	var m corev1.ConfigMap
	if err := live(ctx, key, &m); err != nil {
		return Object{}, wrapRead(ref, err)
	}
	data := make(map[string][]byte, len(m.Data)+len(m.BinaryData))
	for k, v := range m.BinaryData {
		data[k] = v
	}
	for k, v := range m.Data {
		data[k] = []byte(v)
	}
	return Object{UID: m.UID, ResourceVersion: m.ResourceVersion, Data: data}, nil
}

func wrapRead(ref Ref, err error) error {
	if apierrors.IsNotFound(err) {
		return err
	}
	return fmt.Errorf("read %s: %w", ref, err)
}

// Versions says which version of each object was read, in the order of refs, for status.
func Versions(refs []Ref, objects map[Ref]Object) []v1alpha1.SourceVersion {
	versions := make([]v1alpha1.SourceVersion, 0, len(refs))
	for _, ref := range refs {
		versions = append(versions, v1alpha1.SourceVersion{
			Kind: ref.Kind, Name: ref.Name, ResourceVersion: objects[ref].ResourceVersion,
		})
	}
	return versions
}
