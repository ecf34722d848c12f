package storerecord

import (
	"context"
	"fmt"
	"slices"
	"sync"

	authorizationv1 "k8s.io/api/authorization/v1"
	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/account-operator/account-operator/internal/store"
)

// Options of a record.
type Options struct {
	Client client.Client // not cached
	// At is where this manager keeps its own record. Without a namespace it is the one of a record that speaks for the same
	// objects, or else Fallback.
	At       client.ObjectKey
	Fallback string
	Scope    Scope
	// NewStore is the ID of a store that was given up for the present one; "" where none was.
	NewStore string
}

// Record is what the cluster knows of the store. It is for one manager.
type Record struct {
	o Options

	mu     sync.Mutex
	own    entry
	others []entry
}

// Load reads what the cluster knows.
func Load(ctx context.Context, o Options) (*Record, error) {
	r := &Record{o: o}
	return r, r.load(ctx)
}

// load reads the own record and, as far as the manager may list them, all others that speak for objects of this one: also a
// manager that runs without a Lease, or from another place, is held to what those say.
func (r *Record) load(ctx context.Context) error {
	all, err := r.list(ctx)
	if err != nil {
		return err
	}
	var others []entry
	at := r.o.At
	for _, e := range all {
		switch {
		case e.at == at || !e.scope.overlaps(r.o.Scope):
		case at.Namespace == "" && e.at.Name == at.Name:
			at = e.at
		default:
			others = append(others, e)
		}
	}
	if at.Namespace == "" {
		at.Namespace = r.o.Fallback
	}
	var m corev1.ConfigMap
	err = r.o.Client.Get(ctx, at, &m)
	if client.IgnoreNotFound(err) != nil {
		return r.denied("read", at, err)
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.own, r.others = read(&m), others
	r.own.at, r.own.scope = at, r.o.Scope
	return nil
}

// list gives the records that the manager may list: everywhere, or in the namespaces that it serves.
func (r *Record) list(ctx context.Context) (all []entry, err error) {
	namespaces := []string{metav1.NamespaceAll}
	if len(r.o.Scope.Namespaces) > 0 {
		everywhere, err := r.mayListEverywhere(ctx)
		if err != nil {
			return nil, err
		}
		if !everywhere {
			namespaces = r.o.Scope.Namespaces
		}
	}
	for _, namespace := range namespaces {
		var found corev1.ConfigMapList
		err := r.o.Client.List(ctx, &found, client.MatchingLabels{Label: of}, client.InNamespace(namespace))
		if err != nil && !apierrors.IsForbidden(err) {
			return nil, fmt.Errorf("look for what the cluster knows of the store: %w", err)
		}
		for i := range found.Items {
			all = append(all, read(&found.Items[i]))
		}
	}
	return all, nil
}

func (r *Record) mayListEverywhere(ctx context.Context) (bool, error) {
	review := &authorizationv1.SelfSubjectAccessReview{Spec: authorizationv1.SelfSubjectAccessReviewSpec{
		ResourceAttributes: &authorizationv1.ResourceAttributes{Verb: "list", Resource: "configmaps"},
	}}
	if err := r.o.Client.Create(ctx, review); err != nil && !apierrors.IsForbidden(err) {
		return false, fmt.Errorf("ask which records of stores the manager may see: %w", err)
	}
	return review.Status.Allowed, nil
}

// denied says what to do about a right that the manager lacks.
func (r *Record) denied(what string, at client.ObjectKey, err error) error {
	if !apierrors.IsForbidden(err) {
		return fmt.Errorf("%s the ConfigMap %s, in which the cluster remembers its store: %w", what, at, err)
	}
	return &store.StartupError{
		Problem:  fmt.Sprintf("the manager may not %s the ConfigMap %s, in which the cluster remembers its store", what, at),
		NextStep: "install the rights of this version, by helm upgrade of the release or kubectl apply --server-side -k config/rbac",
	}
}

// Admit refuses a store that is not the one in which the cluster's objects were made. Where the store was put back to an older
// state since the cluster knew it last, it gives what the cluster knew. lost asks the store whether it lost a write that it had.
func (r *Record) Admit(
	ctx context.Context, is store.Identity, lost func(context.Context, store.Commit) (bool, error),
) (putBackFrom *store.Identity, err error) {
	if err := r.load(ctx); err != nil {
		return nil, err
	}
	if err := r.Judge(is); err != nil {
		return nil, err
	}
	r.mu.Lock()
	all := append([]entry{r.own}, r.others...)
	r.mu.Unlock()
	for _, e := range all {
		// A greater incarnation was begun by a manager of another cluster or class, which dealt with it.
		if e.known.ID != is.ID || is.Incarnation > e.known.Incarnation {
			continue
		}
		gone := is.OlderThan(e.known)
		if !gone {
			if gone, err = lost(ctx, e.known.Newest); err != nil {
				return nil, err
			}
		}
		if gone {
			return &e.known, nil
		}
	}
	return nil, nil
}

// Judge is Admit by what was loaded last, without asking for the store's age.
func (r *Record) Judge(is store.Identity) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	return judge(is, append([]entry{r.own}, r.others...), r.given())
}

// given are the stores that were given up for the present one, now or before.
func (r *Record) given() []string {
	if r.o.NewStore == "" {
		return r.own.former
	}
	return append(slices.Clone(r.own.former), r.o.NewStore)
}

// GivesUp reports whether the order of --new-store is yet to be carried out.
func (r *Record) GivesUp() bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.o.NewStore != "" && !slices.Contains(r.own.former, r.o.NewStore)
}

// Former reports whether objects that were made in this store may be made again in the present one.
func (r *Record) Former(id string) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return slices.Contains(r.given(), id)
}

// Keep writes what the store is now. It writes nothing where the cluster knows that already.
func (r *Record) Keep(ctx context.Context, is store.Identity) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	next := r.own
	next.known, next.former = is, slices.DeleteFunc(r.given(), func(id string) bool { return id == is.ID })
	slices.Sort(next.former)
	next.former = slices.Compact(next.former)
	if next.known == r.own.known && slices.Equal(next.former, r.own.former) {
		return nil
	}
	m := corev1.ConfigMap{ObjectMeta: metav1.ObjectMeta{Namespace: next.at.Namespace, Name: next.at.Name}}
	err := r.o.Client.Get(ctx, next.at, &m)
	write, what := func() error { return r.o.Client.Update(ctx, &m) }, "update"
	switch {
	case apierrors.IsNotFound(err):
		write, what = func() error { return r.o.Client.Create(ctx, &m) }, "create"
	case err != nil:
		return r.denied("read", next.at, err)
	}
	next.write(&m)
	if err := write(); err != nil {
		return r.denied(what, next.at, err)
	}
	r.own = next
	return nil
}

// Object is the record, for events about the store.
func (r *Record) Object() client.Object {
	r.mu.Lock()
	defer r.mu.Unlock()
	return &corev1.ConfigMap{
		TypeMeta:   metav1.TypeMeta{APIVersion: "v1", Kind: "ConfigMap"},
		ObjectMeta: metav1.ObjectMeta{Namespace: r.own.at.Namespace, Name: r.own.at.Name},
	}
}
