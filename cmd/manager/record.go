package main

import (
	"cmp"
	"context"
	"fmt"
	"os"

	"k8s.io/client-go/rest"
	ctrl "sigs.k8s.io/controller-runtime"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/account-operator/account-operator/api/v1alpha1"
	"github.com/account-operator/account-operator/internal/store"
	"github.com/account-operator/account-operator/internal/store/sqlstore"
	"github.com/account-operator/account-operator/internal/storerecord"
)

// remembered looks what the cluster knows of the store, and refuses another store before anything is written to it.
func (c *config) remembered(ctx context.Context, cluster *rest.Config, backing *sqlstore.Store) (*storerecord.Record, error) {
	live, err := client.New(cluster, client.Options{Scheme: knownKinds()})
	if err != nil {
		return nil, fmt.Errorf("make a client: %w", err)
	}
	record, err := storerecord.Load(ctx, c.recordOptions(live))
	if err != nil {
		return nil, err
	}
	is, err := backing.Identity(ctx)
	if err != nil {
		return nil, err
	}
	if err := record.Judge(is); err != nil {
		return nil, err
	}
	if record.GivesUp() {
		return record, c.announce(ctx, live, is)
	}
	return record, nil
}

// recordOptions put the record beside the Lease, under a name made of the Lease's. A manager that runs outside of the cluster and
// names no namespace finds it by its label.
func (c *config) recordOptions(live client.Client) storerecord.Options {
	namespace := c.lease.namespace
	if text, err := os.ReadFile(podNamespaceFile); namespace == "" && err == nil {
		namespace = string(text)
	}
	fallback := "default"
	if len(c.watchNamespaces) > 0 {
		fallback = c.watchNamespaces[0]
	}
	return storerecord.Options{
		Client: live, At: client.ObjectKey{Namespace: namespace, Name: c.leaseName() + "-store"}, Fallback: fallback,
		Scope:    storerecord.Scope{Class: c.class, Namespaces: c.watchNamespaces},
		NewStore: c.newStore,
	}
}

// announce says, before a store is given up for another, what becomes of the objects that were made in it.
func (c *config) announce(ctx context.Context, live client.Client, is store.Identity) error {
	anew, held := 0, 0
	for _, namespace := range orAll(c.watchNamespaces) {
		var accounts v1alpha1.AccountList
		if err := live.List(ctx, &accounts, client.InNamespace(namespace)); err != nil {
			return fmt.Errorf("count the Accounts that were made in the former store: %w", err)
		}
		for i := range accounts.Items {
			switch a := &accounts.Items[i]; {
			case a.Spec.ClassName != c.class:
			case a.DeletionTimestamp.IsZero():
				anew++
			default:
				held++
			}
		}
	}
	ctrl.Log.Info("the store is given up for another: Accounts that are not in the new one are made anew there, with new IDs and a mail to "+
		"each holder; what only the former store knew is not; deletions under way wait, with the reason AnotherStore, until the annotation "+
		v1alpha1.AcceptStoreAnnotation+" names the new store",
		"former", c.newStore, "new", cmp.Or(is.ID, "an empty database"), "accounts", anew, "accountDeletionsHeld", held)
	return nil
}

// orAll is the one empty name where all namespaces are meant.
func orAll(namespaces []string) []string {
	if len(namespaces) == 0 {
		return []string{""}
	}
	return namespaces
}
