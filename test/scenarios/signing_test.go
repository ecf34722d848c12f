package scenarios

import (
	"context"
	"testing"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/account-operator/account-operator/api/v1alpha1"
	"github.com/account-operator/account-operator/internal/controller"
	"github.com/account-operator/account-operator/internal/controller/status"
	"github.com/account-operator/account-operator/test/cluster"
)

// Given objects of every kind whose status a manager wrote that did not sign yet, when one that signs starts, then it writes each status
// once within a resync, has nothing done again, and from then on takes a status without a signature for another client's.
func TestUpgrade_StatusWithoutSignatures_AreSignedOnceAndLittleByLittle(t *testing.T) {
	// given
	s, _ := withProviders(t)
	s.restartTuned(func(o *controller.Options) { o.Recount, o.AfterStart = 100*time.Millisecond, 100*time.Millisecond })
	endpoint, asked := counted(t)
	set, data := envVarSet("base", "alice", fromSecret("HF_TOKEN", "hf", "token")), connectionAt("data", endpoint)
	resend, suspended := action("resend", "alice", v1alpha1.ActionResendVerificationEmail), envVarSet("suspended", "alice")
	suspended.Spec.Suspend = true
	s.create(secret("hf", "token", "1"), secret("data", "access-key-id", "1", "secret-access-key", "2"), set, data, resend, suspended)
	s.becomesReady(set)
	s.verifies(data, metav1.ConditionTrue, v1alpha1.ReasonAccepted)
	s.becomes(suspended, metav1.ConditionUnknown, v1alpha1.ReasonSuspended)
	s.ends(resend, v1alpha1.ConditionComplete, v1alpha1.ReasonCompleted)
	alice := account("alice", "")
	alice.Namespace = s.ns
	s.counts(alice, 1, 1)
	objects := []client.Object{alice, set, data, resend, suspended}
	for _, obj := range objects {
		s.quiet(obj)
	}
	s.stop()
	said := map[client.Object]string{}
	for _, obj := range objects {
		said[obj] = s.withoutSignature(obj)
	}
	s.foreign(`UPDATE leaders SET signed = FALSE`)
	performed, providers := s.count(`SELECT count(*) FROM actions`), asked.Load()

	// when
	s.watch()
	s.tune = func(o *controller.Options) {
		o.Recount, o.AfterStart, o.Resync = 100*time.Millisecond, 100*time.Millisecond, time.Second
	}
	s.startManager()
	s.eventually(soon, func() string {
		if s.count(`SELECT count(*) FROM leaders WHERE signed`) == 0 {
			return "not each status is signed"
		}
		return ""
	})

	// then
	for obj, before := range said {
		s.isSignedOnce(obj, before)
	}
	if now := s.count(`SELECT count(*) FROM actions`); now != performed || asked.Load() != providers {
		t.Errorf("%d actions are performed again, and the provider is asked %d times", now-performed, asked.Load()-providers)
	}

	// and when one is taken away now, and more is forged
	s.stop()
	s.withoutSignature(set)
	set.Status.Names = []string{"FORGED"}
	s.must(s.api.Status().Update(context.Background(), set))
	s.startManager()
	s.eventually(soon, func() string {
		s.must(s.api.Get(context.Background(), client.ObjectKeyFromObject(set), set))
		if timeless(set) != said[set] {
			return "the set says\n" + timeless(set)
		}
		return ""
	})
}

// isSignedOnce expects a status that is signed, says what it said, and was written once.
func (s *scenario) isSignedOnce(obj client.Object, before string) {
	s.Helper()
	s.must(s.api.Get(context.Background(), client.ObjectKeyFromObject(obj), obj))
	if *status.SignatureIn(obj) == "" || timeless(obj) != before {
		s.Errorf("%s has the signature %q and says\n%s\nwhere it said\n%s", obj.GetName(), *status.SignatureIn(obj), timeless(obj), before)
	}
	writes := s.requests(cluster.Writes, func(r cluster.Request) bool { return r.Name == obj.GetName() && r.Group == v1alpha1.GroupVersion.Group })
	if total(writes) != 1 {
		s.Errorf("%s: %v, want one write", obj.GetName(), writes)
	}
}

// withoutSignature makes the status what a manager writes that does not sign, and returns what it says.
func (s *scenario) withoutSignature(obj client.Object) string {
	s.Helper()
	s.must(s.api.Get(context.Background(), client.ObjectKeyFromObject(obj), obj))
	*status.SignatureIn(obj) = ""
	s.must(s.api.Status().Update(context.Background(), obj))
	return timeless(obj)
}
