package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	apiwatch "k8s.io/apimachinery/pkg/watch"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/account-operator/account-operator/api/v1alpha1"
)

const runningInstances = `SELECT count(*) FROM instances`

// release removes the running instance and measures from the moment another program sees that the row is gone to the
// moment the API server says that the Account is.
func release(ctx context.Context, s *stage) (err error) {
	store, err := watch(s.database())
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, store.close()) }()
	ctx, cancel := context.WithTimeoutCause(ctx, waitLimit, errors.New("the Account is still there"))
	defer cancel()
	gone, err := s.whenAccountGone(ctx)
	if err != nil {
		return err
	}
	removed := store.whenNot(ctx, runningInstances, 1)
	if err := s.run(ctx, `sql "$ACCOUNT_OPERATOR_STORE" "DELETE FROM instances WHERE id = 'i-101'"`, "1 row changed"); err != nil {
		return err
	}
	row, account := <-removed, <-gone
	if err := errors.Join(row.err, account.err); err != nil {
		return err
	}
	s.screen.result("%s after the row was gone, the Account was", milliseconds(account.at.Sub(row.at)))
	return nil
}

// whenAccountGone watches alice.
func (s *stage) whenAccountGone(ctx context.Context) (<-chan moment, error) {
	list := &metav1.PartialObjectMetadataList{}
	list.SetGroupVersionKind(v1alpha1.GroupVersion.WithKind("AccountList"))
	events, err := s.admin.Watch(ctx, list, client.InNamespace(metav1.NamespaceDefault), client.MatchingFields{"metadata.name": "alice"})
	if err != nil {
		return nil, fmt.Errorf("watching the Account: %w", err)
	}
	gone := make(chan moment, 1)
	go func() {
		defer events.Stop()
		for event := range events.ResultChan() {
			if event.Type == apiwatch.Deleted {
				gone <- moment{at: time.Now()}
				return
			}
		}
		gone <- moment{err: errors.Join(context.Cause(ctx), errors.New("watching the Account ended"))}
	}()
	return gone, nil
}
