package e2e_test

import (
	"fmt"
	"net/url"
	"strings"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/account-operator/account-operator/api/v1alpha1"
	"github.com/account-operator/account-operator/test/manager"
)

func storeIsOutOfReach(s *scene, r *tape) trouble {
	m := s.observed(s.as("manager"), "--max-backoff=1s")
	set := s.withToken()
	s.recordHealth(r, m)

	s.lockOut(true)
	s.rotate()
	s.becomes(set, metav1.ConditionFalse, v1alpha1.ReasonStoreUnavailable)
	for range 16 {
		s.fails(m)
		s.record(r, m)
	}
	const cause = "the database takes no connections"
	return trouble{
		pod:   []life{{m, 0}},
		cause: "`" + cause + "`", shows: []string{cause, "StoreUnavailable"},
		cure: func() { s.lockOut(false) },
		over: func() *manager.Manager {
			s.becomesReady(set)
			return m
		},
		late: 20, // a rotation that waited for long on a busy machine is rightly called slow for a quarter of an hour
	}
}

// fails waits until one more call to the store has failed.
func (s *scene) fails(m *manager.Manager) {
	s.Helper()
	const metric, label = "account_operator_store_requests_total", `code="error"`
	s.exceeds(m, s.sum(m, metric, label), metric, label)
}

func storeIsAwayForAMoment(s *scene, r *tape) trouble {
	m := s.observed(s.as("manager"), "--max-backoff=1s")
	set := s.withToken()
	s.recordHealth(r, m)

	s.lockOut(true)
	s.rotate()
	s.becomes(set, metav1.ConditionFalse, v1alpha1.ReasonStoreUnavailable)
	away := time.NewTimer(45 * time.Second) // longer than the alert finds bearable, and that is what takes so long here
	defer away.Stop()
	for range 2 {
		s.fails(m)
		s.record(r, m)
	}
	<-away.C
	s.lockOut(false)
	s.becomesReady(set)
	s.record(r, m)
	r.hold(7)
	return trouble{
		pod:   []life{{m, 0}},
		cause: "calls to the store fail", panel: "Calls", shows: []string{"the database takes no connections"},
		over: func() *manager.Manager { return m },
		late: 15,
	}
}

// lockOut keeps everybody from this scene's database, or lets them in again.
func (s *scene) lockOut(out bool) {
	s.Helper()
	name := s.databaseName()
	s.must(server.Exec(s.Context(), "postgres", fmt.Sprintf("ALTER DATABASE %s ALLOW_CONNECTIONS %t", name, !out)))
	s.must(server.Exec(s.Context(), "postgres", fmt.Sprintf("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '%s'", name)))
}

// databaseName is that of this scene's database on the server.
func (s *scene) databaseName() string {
	s.Helper()
	address, err := url.Parse(s.store.address)
	s.must(err)
	return strings.TrimPrefix(address.Path, "/")
}
