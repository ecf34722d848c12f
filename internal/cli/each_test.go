package cli_test

import (
	"testing"

	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/account-operator/account-operator/api/v1alpha1"
	"github.com/account-operator/account-operator/internal/cli"
)

func TestReconcile_Waits_UntilTheManagerHasLooked(t *testing.T) {
	s := newScene(t)
	a, set, _ := s.household()

	got := s.runs("reconcile", "alice", "evs/training", "cloudconnections.account-operator.io/data")

	s.holds(got, "account/alice is Ready: Synced", "envvarset/training is Ready", "cloudconnection/data is Ready")
	for _, obj := range []object{a, set} {
		s.must(s.api.Get(t.Context(), client.ObjectKeyFromObject(obj), obj))
		if asked := obj.GetAnnotations()[v1alpha1.RequestedAtAnnotation]; asked == "" || asked != obj.CommonStatus().LastHandledRequest {
			t.Errorf("%s was asked at %q and answered %q", obj.GetName(), asked, obj.CommonStatus().LastHandledRequest)
		}
	}
	s.holds(s.runs("reconcile", "alice", "-o", "json"), `"kind": "Account"`)
}

func TestReconcile_ObjectNotReady_SaysWhy(t *testing.T) {
	s := newScene(t)
	s.becomes(s.account("alice"), v1alpha1.ReasonSynced)
	s.becomes(s.set("training", "nothing"), v1alpha1.ReasonSourceMissing)

	s.holds(s.refuses(cli.ExitNo, "reconcile", "evs/training"), "envvarset/training is not Ready: SourceMissing: Secret/nothing does not exist")
}

func TestSuspend_Object_StaysUntilItIsResumed(t *testing.T) {
	s := newScene(t)
	_, set, _ := s.household()

	s.holds(s.runs("suspend", "evs/training"), "envvarset/training is suspended")
	s.holds(s.refuses(cli.ExitNo, "reconcile", "evs/training"), "is suspended", "kubectl account resume envvarset/training")
	s.holds(s.runs("resume", "evs/training"), "envvarset/training is Ready: Synced")

	s.must(s.api.Get(t.Context(), client.ObjectKeyFromObject(set), set))
	if set.Spec.Suspend || set.Generation != 3 {
		t.Errorf("suspend is %t at generation %d, wanted false at 3", set.Spec.Suspend, set.Generation)
	}
}

func TestForget_Object_GoesAndTheStoreStays(t *testing.T) {
	s := newScene(t)
	a := s.account("alice")
	s.becomes(a, v1alpha1.ReasonSynced)
	s.holds(s.refuses(cli.ExitNo, "forget", "alice"), "account/alice is not being deleted", "deletionPolicy to Retain")
	s.instance("i-"+s.ns, s.email("alice"))
	s.must(s.api.Delete(t.Context(), a))
	s.becomes(a, v1alpha1.ReasonDeletionBlocked)

	s.holds(s.runs("forget", "alice"), "account/alice is gone; what it stood for in the store was not touched")

	s.isGone(a.DeepCopy())
	again := s.account("alice")
	s.becomes(again, v1alpha1.ReasonSynced)
	if again.Status.AccountID != a.Status.AccountID {
		t.Errorf("the account had ID %s, and the next of its name has %s", a.Status.AccountID, again.Status.AccountID)
	}
}

func TestReconcile_Action_IsRefused(t *testing.T) {
	s := newScene(t)
	s.holds(s.refuses(cli.ExitUsage, "reconcile", "secret/keys"), `"secret" is not a kind that this works on`, "evs")
	s.holds(s.refuses(cli.ExitUsage, "suspend", "evs/"), "names no object")
	s.holds(s.refuses(cli.ExitUsage, "suspend"), "requires at least 1 arg", "--help")
	s.holds(s.refuses(cli.ExitUsage, "suspend", "alice", "-o", "wide"), "-o wide is not known; write one of json, yaml")
}
