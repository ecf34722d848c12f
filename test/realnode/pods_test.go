package realnode_test

import (
	"regexp"
	"testing"

	"github.com/account-operator/account-operator/test/manual"
	"github.com/account-operator/account-operator/test/realnode"
)

// Given a cluster with a node that runs Pods, when the operator is installed on it in each way that the documentation has, beside one
// another, then its Pods run and do what they are for, and go on when the node does.
func TestPods(t *testing.T) {
	realnode.Need(t)
	manifests := newSite(t, "account-operator-system", "account-operator", "")
	charted := newSite(t, "charted", "charted-account-operator", "charted")
	replicated := newSite(t, "replicated", "replicated-account-operator", "replicated")
	manifests.installsTheManifests() // with the kinds
	authority := startPostgreSQL(t)
	t.Run("installed", func(t *testing.T) {
		t.Run("by the manifests", func(t *testing.T) { t.Parallel(); manifests.in(t).runsTheManifests() })
		t.Run("by the chart", func(t *testing.T) { t.Parallel(); charted.in(t).runsTheChart() })
		t.Run("by the chart, on PostgreSQL", func(t *testing.T) { t.Parallel(); replicated.in(t).runsOnPostgreSQL(authority) })
	})
	if !t.Failed() {
		t.Run("the node comes back", func(t *testing.T) { comesBack(t, []*site{manifests, charted, replicated}) })
	}
}

// installsTheManifests does what README.md says.
func (s *site) installsTheManifests() {
	s.Helper()
	s.hasVolume("account-operator-store")
	s.run(`kubectl apply --server-side -f dist/install.yaml
		manager keys init "$TMP/keyset.json"
		kubectl -n "$NS" create secret generic account-operator-keyset --from-file="$TMP/keyset.json"`)
}

func (s *site) runsTheManifests() {
	s.run(`kubectl -n "$NS" rollout status --timeout=2m "deployment/$DEPLOYMENT"`)
	s.serves("alice")
	s.looksInside("alice")

	s.Log("killed, it says so where docs/install.md has one look, and goes on")
	s.killed()
	seen := s.run(manual.Read(s.T, root+"/docs/install.md", nil).Block("Repair", 0))
	if !regexp.MustCompile(`(?s)Last State: +Terminated.*Exit Code: +137.*Restart Count: +1\n.*\n\S[^\n]+$`).MatchString(seen) {
		s.Errorf("it shows:\n%s", seen)
	}
	s.serves("bob")
}

// comesBack crashes what the node is made of. What runs in Pods goes on as though nothing had been.
func comesBack(t *testing.T, all []*site) {
	before := map[*site]string{}
	for _, s := range all {
		before[s] = s.in(t).containers()
	}
	if err := local.Restart(t.Context()); err != nil {
		t.Fatal(err)
	}
	for _, s := range all {
		t.Run(s.namespace, func(t *testing.T) {
			t.Parallel()
			now := s.in(t)
			now.serves("zoe")
			now.run(`kubectl -n "$NS" rollout status --timeout=1m "deployment/$DEPLOYMENT"`)
			if after := now.containers(); after != before[s] {
				t.Errorf("containers before:\n%s\nand after:\n%s", before[s], after)
			}
			// A kubelet that has just started knows its Pods a moment later than it answers.
			now.run(`timeout 60 sh -c 'until test -n "$(kubectl -n "$NS" logs "deployment/$DEPLOYMENT")"; do sleep 1; done'`)
		})
	}
}

// containers are those that run of the manager, with how often each was started again.
func (s *site) containers() string {
	s.Helper()
	return s.run(`kubectl -n "$NS" get pods -o jsonpath='{range .items[*].status.containerStatuses[*]}{.containerID} {.restartCount}{"\n"}{end}'`)
}
