package portal

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"net/url"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/go-logr/logr"

	"github.com/account-operator/account-operator/internal/store"
	"github.com/account-operator/account-operator/test/await"
)

// slow is a store that takes its time to say that a link is unknown.
type slow struct {
	store.Links
	takes         time.Duration
	present, most atomic.Int32
}

func (s *slow) Link(ctx context.Context, _ store.Secret) (store.Link, error) {
	s.most.Store(max(s.most.Load(), s.present.Add(1)))
	defer s.present.Add(-1)
	select {
	case <-time.After(s.takes):
	case <-ctx.Done():
	}
	return store.Link{}, store.ErrNotFound
}

// Given a store that is slow, when a crowd of strangers opens links that nobody mailed, then few calls are made at once, and who waited too
// long is asked to come back.
func TestTurns_CrowdOpensLinks_FewCallsAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		links := &slow{takes: time.Second}
		pages, err := New(Options{Links: links, URL: &url.URL{Scheme: "https", Host: "x"}, Log: logr.Discard()})
		if err != nil {
			t.Fatal(err)
		}
		statuses := make(chan int, 100)
		for range cap(statuses) {
			go func() {
				answer := httptest.NewRecorder()
				pages.ServeHTTP(answer, httptest.NewRequestWithContext(t.Context(), http.MethodGet, "https://x/verify?token=any", nil))
				statuses <- answer.Code
			}()
		}
		said := map[int]int{}
		for range cap(statuses) {
			said[await.Value(t, statuses)]++
		}
		if most := links.most.Load(); most != maxCalls {
			t.Errorf("%d calls at once", most)
		}
		if gone, later := said[http.StatusGone], said[http.StatusServiceUnavailable]; gone < 5*maxCalls || gone+later != cap(statuses) {
			t.Errorf("answers: %v", said)
		}
	})
}

func TestTurns_VisitorLeft_IsNotWaitedFor(t *testing.T) {
	ctx, leave := context.WithCancel(t.Context())
	leave()
	busy := newTurns()
	for range maxCalls {
		busy <- struct{}{}
	}
	if _, err := busy.links(&slow{}).Link(ctx, store.Secret{}); !errors.Is(err, errBusy) {
		t.Errorf("got %v", err)
	}
}
