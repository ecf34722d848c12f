package e2e_test

import (
	"context"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/account-operator/account-operator/api/v1alpha1"
	"github.com/account-operator/account-operator/test/manager"
	"github.com/account-operator/account-operator/test/postgres"
)

// storeIsPutBack is on a server of its own, since it loses what others have in theirs.
func storeIsPutBack(s *scene, r *tape) trouble {
	own, err := postgres.Start(s.Context(), postgres.Options{})
	s.must(err)
	s.Cleanup(func() { s.must(own.Stop()) })
	url := own.NewDatabase(s.T)
	s.store = database{dialect: postgreSQL, address: url, driver: "pgx", source: url}
	m := s.observed(s.as("manager"), "--max-backoff=1s")
	set := s.withToken()
	s.must(own.Snapshot(s.Context()))
	bob := account("bob")
	reset := &v1alpha1.AccountAction{ObjectMeta: named("reset"), Spec: v1alpha1.AccountActionSpec{
		AccountRef: v1alpha1.AccountReference{Name: "alice"}, Type: v1alpha1.ActionSendPasswordReset,
	}}
	s.create(bob, reset)
	s.becomesReady(bob)
	s.eventually(func(ctx context.Context) string {
		s.must(s.api.Get(ctx, client.ObjectKeyFromObject(reset), reset))
		if reset.Status.CompletionTime == nil {
			return "the action is not over"
		}
		return ""
	})
	s.recordHealth(r, m)

	s.must(own.PutBack(s.Context()))
	s.exceeds(m, 0, "account_operator_store_put_back_timestamp_seconds", "")
	for range 2 {
		s.record(r, m)
	}
	return trouble{
		pod:   []life{{m, 0}},
		cause: "`put back to an older state` as the server changed its role", shows: []string{"put back to an older state", "lost_from"},
		over: func() *manager.Manager {
			s.becomes(bob, metav1.ConditionTrue, v1alpha1.ReasonSynced)
			s.becomesReady(set)
			return m
		},
		late: 61,
	}
}
