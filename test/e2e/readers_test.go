package e2e_test

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"regexp"
	"strings"
	"testing"

	coordinationv1 "k8s.io/api/coordination/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/account-operator/account-operator/test/port"
)

// Given a manager that serves readers and stands by, on a store that no leader has brought up to date, when a service asks, then it is to come again;
// and once the leader has, the same manager gives it what it asks for.
func TestReaders_BeforeTheLeaderHasMigrated_AreToComeAgain(t *testing.T) {
	t.Parallel()
	for _, dialect := range []string{sqlite, postgreSQL} {
		t.Run(dialect, func(t *testing.T) {
			t.Parallel()
			s := newScene(t, dialect)
			stranger, hour, now := "stranger", int32(3600), metav1.NowMicro()
			lease := &coordinationv1.Lease{ObjectMeta: inNamespace("account-operator", s.ns), Spec: coordinationv1.LeaseSpec{
				HolderIdentity: &stranger, LeaseDurationSeconds: &hour, AcquireTime: &now, RenewTime: &now,
			}}
			s.create(lease)
			address, err := port.Free(t.Context())
			s.must(err)
			s.start(s.as("manager"), append(s.elected(), "--reader-bind-address="+address)...)

			s.eventually(func(ctx context.Context) string {
				status, retry, _ := s.read(ctx, "http://"+address+"/v1/accounts/1/env", "aok_"+strings.Repeat("A", 43))
				if status != http.StatusServiceUnavailable || retry == "" {
					return fmt.Sprintf("it answers %d, Retry-After %q", status, retry)
				}
				return ""
			})

			s.delete(lease)
			alice, set := account("alice"), envVarSet("base", "alice", "hf", "TOKEN")
			s.create(alice, secret("hf", "TOKEN"), set)
			s.becomesReady(alice, set)
			key := s.readersKey()
			s.eventually(func(ctx context.Context) string {
				status, _, body := s.read(ctx, "http://"+address+"/v1/accounts/"+alice.Status.AccountID+"/env", key)
				if status != http.StatusOK || !strings.Contains(body, `"TOKEN"`) {
					return fmt.Sprintf("it answers %d", status)
				}
				return ""
			})
		})
	}
}

// isRead has a service read something, and a stranger not.
func (s *scene) isRead(address string) {
	s.Helper()
	key := s.readersKey()
	s.eventually(func(ctx context.Context) string {
		read, _, _ := s.read(ctx, "http://"+address+"/v1/accounts/1/env", key)
		refused, _, _ := s.read(ctx, "http://"+address+"/v1/accounts/1/env", "aok_wrong")
		if read != http.StatusOK || refused != http.StatusUnauthorized {
			return fmt.Sprintf("it answers %d, and a stranger %d", read, refused)
		}
		return ""
	})
}

// readersKey is one for everything.
func (s *scene) readersKey() string {
	s.Helper()
	made := ends(s.T, nil, "keys", "service", "create", "scraper", "--rights=env", "--all-accounts", "--store="+s.store.address, "--seal-keyset-file="+s.keyset)
	return regexp.MustCompile(`aok_\S+`).FindString(made.Stdout)
}

// read asks a manager that serves readers; status is 0 where nobody answers.
func (s *scene) read(ctx context.Context, url, key string) (status int, retryAfter, body string) {
	s.Helper()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	s.must(err)
	request.Close = true
	request.Header.Set("Authorization", "Bearer "+key)
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return 0, "", ""
	}
	defer func() { _ = response.Body.Close() }()
	text, err := io.ReadAll(response.Body)
	s.must(err)
	return response.StatusCode, response.Header.Get("Retry-After"), string(text)
}
