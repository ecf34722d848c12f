package main

import (
	"context"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	ctrl "sigs.k8s.io/controller-runtime"
	"sigs.k8s.io/controller-runtime/pkg/builder"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/controller"
	"sigs.k8s.io/controller-runtime/pkg/controller/controllerutil"
	"sigs.k8s.io/controller-runtime/pkg/handler"
	"sigs.k8s.io/controller-runtime/pkg/predicate"
	"sigs.k8s.io/controller-runtime/pkg/reconcile"

	"github.com/account-operator/account-operator/api/v1alpha1"
)

type floor struct {
	client client.Client
	live   client.Reader
	db     database
}

// taken is the index of sets by the Secret that they take.
const taken = "secret"

// setup watches sets, and the metadata of the Secrets that they take.
func setup(ctx context.Context, mgr ctrl.Manager, db database) error {
	f := &floor{mgr.GetClient(), mgr.GetAPIReader(), db}
	warm := true
	err := mgr.GetFieldIndexer().IndexField(ctx, &v1alpha1.EnvVarSet{}, taken, func(o client.Object) []string {
		return []string{secretOf(o.(*v1alpha1.EnvVarSet))}
	})
	if err != nil {
		return err
	}
	return ctrl.NewControllerManagedBy(mgr).
		For(&v1alpha1.EnvVarSet{}, builder.WithPredicates(predicate.GenerationChangedPredicate{})).
		WatchesMetadata(&corev1.Secret{}, handler.EnqueueRequestsFromMapFunc(f.takers)).
		WithOptions(controller.Options{MaxConcurrentReconciles: 16, EnableWarmup: &warm}).
		Complete(reconcile.AsReconciler[*v1alpha1.EnvVarSet](mgr.GetClient(), f))
}

func secretOf(s *v1alpha1.EnvVarSet) string { return s.Spec.EnvFrom[0].SecretRef.Name }

// takers are the sets that take a Secret. A cache that cannot be read has no object either.
func (f *floor) takers(ctx context.Context, secret client.Object) (requests []reconcile.Request) {
	var sets v1alpha1.EnvVarSetList
	_ = f.client.List(ctx, &sets, client.InNamespace(secret.GetNamespace()), client.MatchingFields{taken: secret.GetName()})
	for n := range sets.Items {
		requests = append(requests, reconcile.Request{NamespacedName: client.ObjectKeyFromObject(&sets.Items[n])})
	}
	return requests
}

// Reconcile implements reconcile.ObjectReconciler.
func (f *floor) Reconcile(ctx context.Context, s *v1alpha1.EnvVarSet) (ctrl.Result, error) {
	if !s.DeletionTimestamp.IsZero() {
		return ctrl.Result{}, f.end(ctx, s)
	}
	before := s.DeepCopy()
	if controllerutil.AddFinalizer(s, v1alpha1.Finalizer) {
		if err := f.client.Patch(ctx, s, client.MergeFrom(before)); err != nil {
			return ctrl.Result{}, err
		}
	}
	var secret corev1.Secret
	if err := f.live.Get(ctx, client.ObjectKey{Namespace: s.Namespace, Name: secretOf(s)}, &secret); err != nil {
		return ctrl.Result{}, client.IgnoreNotFound(err)
	}
	if err := f.db.put(ctx, s.Name, secret.Data); err != nil {
		return ctrl.Result{}, err
	}
	if s.Status.ObservedGeneration == s.Generation {
		return ctrl.Result{}, nil
	}
	before = s.DeepCopy()
	s.Status.ObservedGeneration = s.Generation
	s.Status.Conditions = []metav1.Condition{{
		Type: v1alpha1.ConditionReady, Status: metav1.ConditionTrue, Reason: string(v1alpha1.ReasonSynced),
		ObservedGeneration: s.Generation, LastTransitionTime: metav1.Now(),
	}}
	return ctrl.Result{}, f.client.Status().Patch(ctx, s, client.MergeFrom(before))
}

func (f *floor) end(ctx context.Context, s *v1alpha1.EnvVarSet) error {
	before := s.DeepCopy()
	if !controllerutil.RemoveFinalizer(s, v1alpha1.Finalizer) {
		return nil
	}
	if err := f.db.drop(ctx, s.Name); err != nil {
		return err
	}
	return client.IgnoreNotFound(f.client.Patch(ctx, s, client.MergeFrom(before)))
}
