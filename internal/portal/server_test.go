package portal_test

import (
	"context"
	"net/http"
	"strings"
	"testing"

	"github.com/go-logr/logr"

	"github.com/account-operator/account-operator/internal/portal"
	"github.com/account-operator/account-operator/test/await"
)

func TestServer_AddressInUse_IsReportedAtStart(t *testing.T) {
	s := newScene(t)
	if _, err := portal.Listen(t.Context(), strings.TrimPrefix(s.url, "http://"), http.NotFoundHandler(), nil, logr.Discard()); err == nil {
		t.Error("two servers listen on one address")
	}
}

func TestServer_Stops_FinishesWhatItServes(t *testing.T) {
	reached, release := make(chan struct{}), make(chan struct{})
	slow := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		close(reached)
		await.Value(t, release)
		w.WriteHeader(http.StatusTeapot)
	})
	server, err := portal.Listen(t.Context(), "127.0.0.1:0", slow, nil, logr.Discard())
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	ended, status := make(chan error, 1), make(chan int, 1)
	go func() { ended <- server.Start(ctx) }()
	transport := &http.Transport{}
	defer transport.CloseIdleConnections()
	go func() { status <- statusOf(transport, "http://"+server.Addr().String()) }()

	await.Value(t, reached)
	stop()
	select {
	case err := <-ended:
		t.Fatalf("it ended with a request on its way: %v", err)
	default:
	}
	close(release)
	if got := await.Value(t, status); got != http.StatusTeapot {
		t.Errorf("the request on its way got %d", got)
	}
	if err := await.Value(t, ended); err != nil {
		t.Error(err)
	}
	if got := statusOf(transport, "http://"+server.Addr().String()); got != 0 {
		t.Errorf("it still answers: %d", got)
	}
}

// statusOf is 0 when there is no answer.
func statusOf(transport *http.Transport, address string) int {
	request, err := http.NewRequestWithContext(context.Background(), http.MethodGet, address, nil)
	if err != nil {
		return 0
	}
	answer, err := transport.RoundTrip(request)
	if err != nil {
		return 0
	}
	_ = answer.Body.Close()
	return answer.StatusCode
}

// Strangers must not be able to fill the log of a manager whose store is away.
func TestLog_ManyRequestsFail_HasFewLinesOfThem(t *testing.T) {
	// Given a portal whose store is out of reach
	s := newScene(t)
	if _, err := s.sql.ExecContext(t.Context(), `ALTER TABLE links RENAME TO links_away`); err != nil {
		t.Fatal(err)
	}

	// When a stranger opens a link again and again
	for range 100 {
		s.get("/verify?token=any").shows(t, http.StatusServiceUnavailable, "Please try again in a moment")
	}

	// Then that is reported, and not each time
	if lines := strings.Count(string(s.log.Bytes()), "A page could not be shown"); lines < 1 || lines > 20 {
		t.Errorf("%d lines", lines)
	}
}

func TestServer_StoreDown_DoesNotBlameTheLink(t *testing.T) {
	s := newScene(t)
	token := s.mailed(s.newAccount("alice", "System"))
	if _, err := s.sql.ExecContext(t.Context(), `ALTER TABLE links RENAME TO links_away`); err != nil {
		t.Fatal(err)
	}
	got := s.open("/verify", token).shows(t, http.StatusServiceUnavailable, "Please try again in a moment")
	if got.header.Get("Retry-After") != "5" {
		t.Errorf("Retry-After %q", got.header.Get("Retry-After"))
	}
	s.post("/verify", "token", string(token.Reveal())).shows(t, http.StatusServiceUnavailable, "Please try again in a moment")
	if !strings.Contains(string(s.log.Bytes()), "A page could not be shown") {
		t.Error("nobody was told in the log")
	}
	if _, err := s.sql.ExecContext(t.Context(), `ALTER TABLE links_away RENAME TO links`); err != nil {
		t.Fatal(err)
	}
	s.open("/verify", token).shows(t, http.StatusOK, "Confirm your address")
}
