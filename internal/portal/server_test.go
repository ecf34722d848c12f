package portal_test

import (
	"context"
	"net/http"
	"testing"

	"github.com/go-logr/logr"

	"github.com/account-operator/account-operator/internal/portal"
)

func TestAServerThatStopsFinishesWhatItServes(t *testing.T) {
	reached, release := make(chan struct{}), make(chan struct{})
	slow := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		close(reached)
		<-release
		w.WriteHeader(http.StatusTeapot)
	})
	server, err := portal.Listen(t.Context(), "127.0.0.1:0", slow, logr.Discard())
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	ended, status := make(chan error, 1), make(chan int, 1)
	go func() { ended <- server.Start(ctx) }()
	transport := &http.Transport{}
	defer transport.CloseIdleConnections()
	go func() { status <- statusOf(transport, "http://"+server.Addr().String()) }()

	<-reached
	stop()
	select {
	case err := <-ended:
		t.Fatalf("it ended with a request on its way: %v", err)
	default:
	}
	close(release)
	if got := <-status; got != http.StatusTeapot {
		t.Errorf("the request on its way got %d", got)
	}
	if err := <-ended; err != nil {
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
