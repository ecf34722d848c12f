package e2e_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/account-operator/account-operator/test/fault"
	"github.com/account-operator/account-operator/test/gate"
	longform "github.com/account-operator/account-operator/test/long"
)

// asked is a request that a manager makes during the life of its objects.
type asked struct {
	verb, resource, name string
	deleting             bool // while they go
	endless              bool // waits for its answer for ever: that it fails to come is no fault that ends
}

var requests = []asked{
	{verb: "get", resource: "namespaces", name: "kube-system", endless: true},
	{verb: "list", resource: "accounts", endless: true},
	{verb: "watch", resource: "envvarsets", endless: true},
	{verb: "watch", resource: "secrets", endless: true},
	{verb: "patch", resource: "accounts", name: "alice"},
	{verb: "update", resource: "accounts/status", name: "alice"},
	{verb: "get", resource: "secrets", name: "hf"},
	{verb: "update", resource: "envvarsets/status", name: "base"},
	{verb: "get", resource: "secrets", name: "s3"},
	{verb: "update", resource: "cloudconnections/status", name: "data"},
	{verb: "get", resource: "envvarsets", name: "base", deleting: true},
	{verb: "patch", resource: "cloudconnections", name: "data", deleting: true},
	{verb: "patch", resource: "accounts", name: "alice", deleting: true},
}

var actions = []gate.Action{
	gate.Conflict, gate.TooMany, gate.Broken, gate.Unavailable, gate.Forbidden, gate.ResetBefore, gate.TimeoutBefore, gate.TimeoutAfter,
}

// Given a manager whose one request fails in one way for a while, when that is over, then all is as it would have been, and
// the manager did not hammer at the API server meanwhile.
func TestAPIServer_RequestFailsForAWhile_OnlyDelays(t *testing.T) {
	for n, of := range requests {
		for m, do := range actions {
			hangs := do == gate.TimeoutBefore || do == gate.TimeoutAfter
			if hangs && of.endless || m != n%len(actions) && longform.Choose(true, false) {
				continue
			}
			phase := map[bool]string{false: "creating", true: "deleting"}[of.deleting]
			t.Run(fmt.Sprintf("%s, %s %s %s, %s", phase, of.verb, strings.ReplaceAll(of.resource, "/", " "), of.name, do), func(t *testing.T) {
				t.Parallel()
				fired := fault.Begin(t, fault.Case{
					Goal: "G19", Workload: phase, Trigger: of.verb + " " + of.resource, Action: string(do), Dialect: sqlite,
				})
				fired.Add(int64(suffers(newScene(t, sqlite), of, do)))
			})
		}
	}
}

// suffers lets the objects live through the fault and returns how often it struck.
func suffers(s *scene, of asked, do gate.Action) int {
	s.Helper()
	g := gate.Open(s.T, s.cluster.Config())
	var f *gate.Fault
	arm := func() {
		f = g.Arm(gate.Rule{Verb: of.verb, Resource: of.resource, Name: of.name, Times: gate.Always, Do: do})
	}
	if !of.deleting {
		arm()
	}
	s.keep(g.Through(s.as("manager")), "--reconcile-timeout=2s", "--max-backoff=2s")
	alice, set, data := account("alice"), envVarSet("base", "alice", "hf", "HF_TOKEN"), connection("data", "alice", "s3")
	s.create(secret("hf", "HF_TOKEN"), credentials("s3"), alice, set, data)
	if !of.deleting {
		s.passesAfterAWhile(f)
	}
	s.becomesReady(alice, set, data)
	s.holds(`SELECT email FROM accounts`, 1)
	s.holds(`SELECT name FROM env_vars`, 1)
	s.holds(`SELECT id FROM connections`, 1)

	if of.deleting {
		arm()
	}
	for _, o := range []object{set, data, alice} {
		s.delete(o)
	}
	if of.deleting {
		s.passesAfterAWhile(f)
	}
	for _, o := range []object{set, data, alice} {
		s.isGone(o)
	}
	s.holds(`SELECT name FROM env_vars`, 0)
	s.holds(`SELECT id FROM connections`, 0)
	s.holds(`SELECT email FROM accounts WHERE deleted_at IS NULL`, 0)
	return f.Struck()
}

// passesAfterAWhile withdraws a fault some time after it struck first, and looks how often it did.
func (s *scene) passesAfterAWhile(f *gate.Fault) {
	s.Helper()
	s.springs(f)
	const while, most = 3 * time.Second, 30 // ever less often
	over, cancel := context.WithTimeout(s.Context(), while)
	defer cancel()
	<-over.Done()
	f.Withdraw()
	if n := f.Struck(); n > most {
		s.Errorf("it was asked %d times within %s", n, while)
	}
}
