package controller

import (
	"sigs.k8s.io/controller-runtime/pkg/builder"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/predicate"

	"github.com/account-operator/account-operator/api/v1alpha1"
	"github.com/account-operator/account-operator/internal/controller/clusterview"
	"github.com/account-operator/account-operator/internal/controller/enqueue"
	"github.com/account-operator/account-operator/internal/store"
)

// watchAccounts adds what enqueues an Account beside itself: its namespace's label, and the Account that gets its teams.
func watchAccounts(s *setup) func(*builder.Builder) {
	return func(b *builder.Builder) {
		list := &v1alpha1.AccountList{}
		watchNamespaces(s, list)(b)
		b.Watches(&v1alpha1.Account{}, enqueue.Mapped(clusterview.Referrers(s.mgr.GetCache(), list, "Account")), builder.WithPredicates(clusterview.HeirEvents()))
	}
}

// watchNamespaces adds what enqueues every kind.
func watchNamespaces(s *setup, list client.ObjectList) func(*builder.Builder) {
	return func(b *builder.Builder) {
		b.WatchesMetadata(clusterview.MetadataOf("Namespace"), enqueue.Mapped(clusterview.InNamespace(s.mgr.GetCache(), list)), builder.WithPredicates(clusterview.AdoptionEvents()))
	}
}

// watchChild adds what enqueues an object that belongs to an Account and takes values from sources.
func watchChild(s *setup, of store.Kind, list client.ObjectList, sources ...string) func(*builder.Builder) {
	return func(b *builder.Builder) {
		cached := s.mgr.GetCache()
		watchNamespaces(s, list)(b)
		b.Watches(&v1alpha1.Account{}, enqueue.Mapped(clusterview.Referrers(cached, list, "Account")), builder.WithPredicates(clusterview.AccountEvents()))
		for _, kind := range sources {
			b.WatchesMetadata(clusterview.MetadataOf(kind), enqueue.WithPriority(s.changes.Noted(of, clusterview.Referrers(cached, list, kind))),
				builder.WithPredicates(predicate.ResourceVersionChangedPredicate{}))
		}
	}
}

func watchEnvVarSets(s *setup) func(*builder.Builder) {
	return func(b *builder.Builder) {
		watchChild(s, store.KindEnvVarSet, &v1alpha1.EnvVarSetList{}, "Secret", "ConfigMap")(b)
		b.WatchesMetadata(clusterview.MetadataOf("Secret"), enqueue.WithPriority(s.changes.Noted(store.KindEnvVarSet, clusterview.Selecting(s.mgr.GetCache()))),
			builder.WithPredicates(predicate.ResourceVersionChangedPredicate{}))
		b.Watches(&v1alpha1.Account{}, enqueue.Mapped(clusterview.SelectingAccount(s.mgr.GetCache())), builder.WithPredicates(clusterview.SelectedEvents()))
		b.Watches(&v1alpha1.Account{}, enqueue.Mapped(clusterview.SelectingAny(s.mgr.GetCache())), builder.WithPredicates(clusterview.ManagedEvents()))
	}
}
