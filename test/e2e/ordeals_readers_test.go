package e2e_test

import (
	"context"
	"fmt"
	"net/http"

	"github.com/account-operator/account-operator/test/manager"
	"github.com/account-operator/account-operator/test/port"
)

func readersAreRefused(s *scene, r *tape) trouble {
	address, err := port.Free(s.Context())
	s.must(err)
	m := s.observed(s.as("manager"), "--reader-bind-address="+address)
	s.withToken()
	s.answersReader(address, http.StatusUnauthorized)
	s.recordHealth(r, m)

	s.must(server.Exec(s.Context(), s.databaseName(), `ALTER TABLE reader_keys RENAME TO put_aside`))
	for range 16 {
		s.answersReader(address, http.StatusServiceUnavailable)
		s.record(r, m)
	}
	const cause = "the database server refused the statement"
	return trouble{
		pod:   []life{{m, 0}},
		cause: "`refused the statement`", shows: []string{"the store does not answer readers", "valid_keys", cause},
		cure: func() {
			s.must(server.Exec(s.Context(), s.databaseName(), `ALTER TABLE put_aside RENAME TO reader_keys`))
		},
		over: func() *manager.Manager {
			s.answersReader(address, http.StatusUnauthorized)
			return m
		},
		late: 10,
	}
}

// answersReader waits until who shows a key that is none gets this answer.
func (s *scene) answersReader(address string, want int) {
	s.Helper()
	s.eventually(func(ctx context.Context) string {
		request, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+address+"/v1/accounts/1/env", nil)
		s.must(err)
		request.Header.Set("Authorization", "Bearer aok_"+s.ns)
		response, err := http.DefaultClient.Do(request)
		if err != nil {
			return err.Error()
		}
		if err := response.Body.Close(); err != nil || response.StatusCode != want {
			return fmt.Sprintf("it answers %s, %v", response.Status, err)
		}
		return ""
	})
}
