package e2e_test

import (
	"context"
	"fmt"
	"regexp"
	"testing"
	"time"

	"github.com/account-operator/account-operator/internal/kinds"
	"github.com/account-operator/account-operator/test/cluster"
	"github.com/account-operator/account-operator/test/fault"
	longform "github.com/account-operator/account-operator/test/long"
	"github.com/account-operator/account-operator/test/manager"
)

func TestRestart_ManyObjectsInSync_WritesNothing(t *testing.T) {
	onEach(t, func(t *testing.T, dialect string) {
		many := longform.Choose(1000, 5000)
		fired := fault.Begin(t, fault.Case{
			Goal: "G12", Workload: fmt.Sprint(many, " settled objects"), Trigger: "at rest", Action: "restart", Dialect: dialect,
		})
		s := newScene(t, dialect)

		// Given a thousand objects that are settled
		first := s.startMeasured()
		s.must(s.createMany(many))
		s.settles(first, many)
		s.countsAreShown()
		s.stop(first)
		stored, mark := s.dump(), s.cluster.Audit.Mark()

		// When another manager starts
		begun := time.Now()
		s.settles(s.startMeasured(), many)
		took := time.Since(begun).Round(time.Millisecond)
		t.Logf("%d objects settled %s after the start, on %s", many, took, dialect)
		if limit := longform.Choose(soon, 5*time.Second); took > limit {
			t.Errorf("that took more than %s", limit)
		}
		fired.Add(1)

		// Then it has read no Secret and written nothing
		asked, err := s.cluster.Audit.Since(mark, cluster.ByUser("manager-of-"+s.ns))
		s.must(err)
		count := cluster.Count(asked)
		if looks := count["get accounts"] + count["get envvarsets"]; looks > 1 { // one: whether the newest object has become older
			t.Errorf("it read %d objects anew", looks)
		}
		allowed := allowedAtStart()
		for what, n := range count {
			if !allowed[what] {
				t.Errorf("it asked the API server %d times for: %s", n, what)
			}
		}
		if now := s.dump(); now != stored {
			t.Errorf("it wrote to the store:\n%s", firstDifference(stored, now))
		}
	})
}

// allowedAtStart is what a manager has to ask: lists and watches of its own
// kinds, and of metadata of the others.
func allowedAtStart() map[string]bool {
	allowed := map[string]bool{
		"get ":         true,                         // what the server has, by paths that are no resource
		"get accounts": true, "get envvarsets": true, // counted besides
		"list secrets": true, "watch secrets": true, "list configmaps": true, "watch configmaps": true,
		"create selfsubjectaccessreviews": true,                            // whether it may see other records
		"get configmaps":                  true, "update configmaps": true, // the record of which store this is, once a start
		"list namespaces": true, "watch namespaces": true, "get namespaces": true,
	}
	for _, k := range kinds.All {
		allowed["list "+k.Resource()], allowed["watch "+k.Resource()] = true, true
	}
	return allowed
}

func (s *scene) startMeasured() *manager.Manager {
	s.Helper()
	return s.startWith(s.as("manager"), manager.Options{Metrics: true, Args: []string{"--watch-namespaces=" + s.ns}})
}

// settles waits until the manager has looked at so many objects and all are
// Ready, with nothing left to do.
func (s *scene) settles(m *manager.Manager, objects int) {
	s.Helper()
	s.within(long, func(ctx context.Context) string {
		w, err := m.Work(ctx)
		if err != nil {
			return err.Error()
		}
		if ready := w.Ready; ready != objects || w.Passes < objects || !w.Idle() {
			return fmt.Sprintf("%d of %d objects are Ready; work: %+v", ready, objects, w)
		}
		return ""
	})
}

// dump is all that the store holds, but for the count of managers that have led.
func (s *scene) dump() string {
	s.Helper()
	r := ends(s.T, nil, "store", "dump", "--store="+s.store.address, "--seal-keyset-file="+s.keyset)
	if r.Code != 0 {
		s.Fatalf("dumping the store: %s", r.Stderr)
	}
	return leaders.ReplaceAllString(r.Stdout, "")
}

var leaders = regexp.MustCompile(`(?m)^(leaders|identity) .*\n`)

func firstDifference(a, b string) string {
	for n := range min(len(a), len(b)) {
		if a[n] != b[n] {
			from := max(0, n-200)
			return fmt.Sprintf("%.400s\nnow\n%.400s", a[from:], b[from:])
		}
	}
	return fmt.Sprintf("%d bytes, now %d", len(a), len(b))
}
