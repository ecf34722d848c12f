package scenarios

import (
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/account-operator/account-operator/api/v1alpha1"
	"github.com/account-operator/account-operator/test/fault"
	apigate "github.com/account-operator/account-operator/test/gate"
	"github.com/account-operator/account-operator/test/long"
)

// Requests of one kind go wrong for failingFor, from the first one on. Whoever tries again with a pause that grows comes
// back only so often meanwhile: there are five objects, and each is tried five times in a second that begins at 50 ms.
const (
	failingFor = time.Second
	tightRetry = 50
)

// waysToFail are those of the API server.
var waysToFail = []apigate.Action{
	apigate.Conflict, apigate.TooMany, apigate.Broken, apigate.Unavailable, apigate.Forbidden, apigate.TimeoutBefore, apigate.TimeoutAfter, apigate.ResetBefore, apigate.ResetAfter,
}

// Every kind of request that a life makes goes wrong in every way, for a while: in the end all is as in a life without.
func TestAPIServer_AnyFault_EndsTheSame(t *testing.T) {
	want, asked := newStage(t, "sqlite").lives()
	for n, request := range asked {
		for m, way := range waysToFail {
			if !long.Choose((n+m)%len(asked) == 0, true) || notTried(request, way) {
				continue
			}
			t.Run(inName.Replace(request)+"/"+inName.Replace(string(way)), func(t *testing.T) {
				t.Parallel()
				failed := fault.Begin(t, fault.Case{Goal: "G19", Workload: "a life", Trigger: request, Action: string(way), Dialect: "sqlite"})
				verb, resource, _ := strings.Cut(request, " ")
				g := apigate.Open(t, local.Config())
				f := g.Arm(apigate.Rule{Verb: verb, Resource: resource, Do: way, Times: apigate.Always})
				go func() {
					select {
					case <-f.Sprung():
						<-time.After(failingFor)
					case <-t.Context().Done():
					}
					f.Withdraw()
				}()
				got, _ := newStageBy(t, "sqlite", g.Through).lives()
				failed.Add(int64(f.Struck()))
				if f.Struck() > tightRetry {
					t.Errorf("it was asked %d times in %s", f.Struck(), failingFor)
				}
				if difference := want.differs(got); difference != "" {
					t.Error(difference)
				}
			})
		}
	}
}

// notTried is what is no case. A list or a watch that is never answered: only the connection's health check ends one. The end of a
// watch, which comes after minutes. And what the API server has: a manager that does not learn it ends, and is started again by
// whoever keeps it.
func notTried(request string, way apigate.Action) bool {
	verb, resource, _ := strings.Cut(request, " ")
	switch way {
	case apigate.TimeoutBefore, apigate.TimeoutAfter:
		return resource == "" || verb == "list" || verb == "watch"
	case apigate.ResetAfter:
		return resource == "" || verb == "watch"
	default:
		return resource == ""
	}
}

// lives has objects of every kind made, changed and deleted, and returns what is left and the requests to the API server.
func (s *stage) lives() (snapshot, []string) {
	s.Helper()
	s.settles()
	reset := action("reset", "alice", v1alpha1.ActionResendVerificationEmail)
	s.create(reset)
	s.ends(reset, v1alpha1.ConditionComplete, v1alpha1.ReasonCompleted)
	s.eventually(soon, func() string {
		if len(s.arrived()) != 3 {
			return "the mail of the action has not arrived" // and never would, once its account is gone
		}
		return ""
	})
	change(s.scenario, here(s, secret("hf")), func(o *corev1.Secret) { o.Data["token"] = []byte(canary + "another") })
	set := here(s, envVarSet("base", ""))
	change(s.scenario, set, func(e *v1alpha1.EnvVarSet) { e.Spec.Env[0].Name = "TOKEN" })
	s.becomesReady(set)
	for _, o := range []client.Object{set, here(s, connectionAt("data", "")), here(s, account("alice", ""))} {
		s.delete(o)
		s.isGoneWithin(2*soon, o)
	}
	s.rests(atRest, func() bool { return true })
	s.stop()
	beside := s.openStore(s.Context(), true)
	defer func() { _ = beside.Close() }()
	asked := maps.Clone(s.requests())
	return s.observe(beside), slices.Sorted(maps.Keys(asked))
}
