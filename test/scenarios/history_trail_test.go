package scenarios

import (
	"fmt"
	"io"
	"net/http"
	"path"
	"strings"
	"sync"
	"time"

	"k8s.io/client-go/rest"

	"github.com/account-operator/account-operator/internal/store"
	"github.com/account-operator/account-operator/internal/store/storetest"
)

// trail is what the manager asked of the store and of the API server, by history, so that a failure shows how it came about.
type trail struct {
	mu    sync.Mutex
	begun time.Time
	steps map[string][]string
}

func newTrail() *trail { return &trail{begun: time.Now(), steps: map[string][]string{}} }

// trailEnd is how many of the last steps are shown.
const trailEnd = 80

func (t *trail) add(name, format string, args ...any) {
	history, part := historyOf(name)
	if part == "" {
		return
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	at := time.Since(t.begun).Round(time.Millisecond)
	steps := append(t.steps[history], fmt.Sprintf("%s %s: %s", at, part, fmt.Sprintf(format, args...)))
	t.steps[history] = steps[max(0, len(steps)-trailEnd):]
}

func (t *trail) of(history string) string {
	t.mu.Lock()
	defer t.mu.Unlock()
	return strings.Join(t.steps[history], "\n  ")
}

// hook notes the calls of the store that go on to it.
func (t *trail) hook(about store.Claim, next storetest.Hook) storetest.Hook {
	return func(call string, when storetest.Moment) error {
		err := next(call, when)
		note := ""
		if err != nil {
			note = ": " + err.Error()
		}
		t.add(about.Name, "%s %s%s", when, call, note)
		return err
	}
}

// through notes the requests of a client that write.
func (t *trail) through(c *rest.Config) *rest.Config {
	c.Wrap(func(next http.RoundTripper) http.RoundTripper { return noting{next, t} })
	return c
}

type noting struct {
	http.RoundTripper

	trail *trail
}

// RoundTrip implements http.RoundTripper.
func (n noting) RoundTrip(r *http.Request) (*http.Response, error) {
	name, at := path.Base(r.URL.Path), r.URL.Path
	if name == "status" {
		name = path.Base(path.Dir(r.URL.Path))
	}
	body := ""
	if r.GetBody != nil {
		if b, err := r.GetBody(); err == nil {
			all, _ := io.ReadAll(b)
			body = string(all)
		}
	}
	answer, err := n.RoundTripper.RoundTrip(r)
	if err != nil {
		n.trail.add(name, "%s %s: %v", r.Method, path.Base(at), err)
		return answer, err
	}
	n.trail.add(name, "%s %s: %d %s", r.Method, path.Base(at), answer.StatusCode, body)
	return answer, err
}
