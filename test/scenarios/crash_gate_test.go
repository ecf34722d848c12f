package scenarios

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	"k8s.io/client-go/rest"

	"github.com/account-operator/account-operator/internal/store/storetest"
)

// moment is when a manager is stopped, as seen from a side effect.
type moment string

const (
	before moment = "before" // it was not done
	inside moment = "inside" // it was done, and the answer is lost
	after  moment = "after"  // it was done, and nothing after it
)

// blow is a side effect of a workload, and when the manager is stopped there.
type blow struct {
	effect string // such as "store PutAccount 1": the number counts those of one name
	moment moment
}

// gate is what all side effects of a manager pass: writes to the API server and to the store, mails, and questions to
// providers. It notes them, and at one of them it cuts the manager off for good, as if the process had been killed there.
type gate struct {
	mu    sync.Mutex
	aim   blow           // the zero blow never falls
	done  map[string]int // effects by name; nil while nothing is noted
	noted []string
	last  time.Time // when something was done
	cut   bool
}

// arm has the gate begin to note, and to strike if there is something to aim at.
func (g *gate) arm(aim blow) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.aim, g.done, g.last = aim, map[string]int{}, time.Now()
}

var errCut = errors.New("the manager was killed")

// enters is called before an effect, and leaves after it was done.
func (g *gate) enters(name string) error {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.aim.moment == before && g.aim.effect == fmt.Sprintf("%s %d", name, g.done[name]+1) {
		g.cut = true
	}
	return g.alive()
}

func (g *gate) leaves(name string) error {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.last = time.Now()
	if g.done == nil || g.cut {
		return g.alive()
	}
	g.done[name]++
	effect := fmt.Sprintf("%s %d", name, g.done[name])
	g.noted = append(g.noted, effect)
	if g.aim.effect == effect {
		g.cut = true
	}
	if g.aim.moment == after {
		return nil
	}
	return g.alive()
}

func (g *gate) alive() error {
	if g.cut {
		return errCut
	}
	return nil
}

// isQuiet reports whether nothing was done for a while.
func (g *gate) isQuiet(since time.Duration) bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	return time.Since(g.last) > since
}

func (g *gate) isCut() bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.cut
}

// effects are all that were noted.
func (g *gate) effects() []string {
	g.mu.Lock()
	defer g.mu.Unlock()
	return slices.Clone(g.noted)
}

// storeWrites are the calls that change something. Of the others a dead manager gets no answer either.
var storeWrites = []string{
	"Migrate", "Lead", "PutAccount", "DeleteAccount", "Adopt", "Restore", "SyncEnvVars", "SyncPairs", "SettlePairs", "RemoveEnvVars", "PutConnection",
	"DeleteConnection", "Act", "TakeMails", "MailSent", "MailFailed", "Rebind", "Purge",
}

// hook guards the store.
func (g *gate) hook(call string, when storetest.Moment) error {
	switch {
	case !slices.Contains(storeWrites, call):
		g.mu.Lock()
		defer g.mu.Unlock()
		return g.alive()
	case when == storetest.Before:
		return g.enters("store " + call)
	default:
		return g.leaves("store " + call)
	}
}

func (g *gate) migrate(do func(context.Context) error) func(context.Context) error {
	if g == nil {
		return do
	}
	return func(ctx context.Context) error {
		if err := g.hook("Migrate", storetest.Before); err != nil {
			return err
		}
		return errors.Join(do(ctx), g.hook("Migrate", storetest.After))
	}
}

// guard stands between a manager and the API server.
func (g *gate) guard(c *rest.Config) {
	if g != nil {
		c.Wrap(func(next http.RoundTripper) http.RoundTripper { return guarded{g, next} })
	}
}

type guarded struct {
	gate *gate
	next http.RoundTripper
}

// RoundTrip implements http.RoundTripper.
func (g guarded) RoundTrip(r *http.Request) (*http.Response, error) {
	name := effectOf(r)
	if err := g.gate.enters(name); err != nil {
		return nil, err
	}
	answer, err := g.next.RoundTrip(r)
	if err != nil || name == "" || answer.StatusCode >= http.StatusMultipleChoices {
		return answer, err
	}
	if err := g.gate.leaves(name); err != nil {
		_ = answer.Body.Close()
		return nil, err
	}
	return answer, nil
}

// effectOf names a write by what it is about, as in "api PATCH accounts/alice/status"; a read has no name. Each event has
// a name of its own, so they are just events.
func effectOf(r *http.Request) string {
	if r.Method == http.MethodGet {
		return ""
	}
	_, about, _ := strings.Cut(r.URL.Path, "/namespaces/")
	_, about, _ = strings.Cut(about, "/")
	if strings.HasPrefix(about, "events") {
		about = "events"
	}
	return "api " + r.Method + " " + about
}
