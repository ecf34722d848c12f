package scenarios

import (
	"context"
	"strings"
	"testing"
	"time"

	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/account-operator/account-operator/api/v1alpha1"
)

func action(name, account string, what v1alpha1.ActionType) *v1alpha1.AccountAction {
	return &v1alpha1.AccountAction{
		ObjectMeta: named(name),
		Spec:       v1alpha1.AccountActionSpec{AccountRef: v1alpha1.AccountReference{Name: account}, Type: what},
	}
}

// ends waits until the action is over, with this condition and reason.
func (s *scenario) ends(x *v1alpha1.AccountAction, condition string, reason v1alpha1.Reason) {
	s.Helper()
	s.eventually(soon, func() string {
		if err := s.api.Get(context.Background(), client.ObjectKeyFromObject(x), x); err != nil {
			return err.Error()
		}
		c := meta.FindStatusCondition(x.Status.Conditions, condition)
		if c == nil || c.Status != metav1.ConditionTrue || c.Reason != string(reason) || x.Status.CompletionTime == nil {
			return "the action is not over: " + describe(x.Status.Conditions)
		}
		return ""
	})
}

// waitsFor waits until the action says why it was not performed yet.
func (s *scenario) waitsFor(x *v1alpha1.AccountAction, reason v1alpha1.Reason) {
	s.Helper()
	s.eventually(soon, func() string {
		s.must(s.api.Get(context.Background(), client.ObjectKeyFromObject(x), x))
		c := meta.FindStatusCondition(x.Status.Conditions, v1alpha1.ConditionReady)
		if c == nil || c.Status != metav1.ConditionFalse || c.Reason != string(reason) || x.Status.CompletionTime != nil {
			return describe(x.Status.Conditions)
		}
		return ""
	})
}

func describe(conditions []metav1.Condition) (text string) {
	for _, c := range conditions {
		text += c.Type + "=" + string(c.Status) + " " + c.Reason + "; "
	}
	return text
}

func TestAccountAction_ReconciledAgain_IsPerformedOnce(t *testing.T) {
	s := withAlice(t)
	before := s.count(`SELECT count(*) FROM mails`)
	x := action("reset", "alice", v1alpha1.ActionResendVerificationEmail)
	s.create(x)
	s.ends(x, v1alpha1.ConditionComplete, v1alpha1.ReasonCompleted)

	// A status that was lost, and a restart, have it reconciled again.
	x.Status = v1alpha1.AccountActionStatus{}
	s.must(s.api.Status().Update(context.Background(), x))
	s.restartManager()
	s.ends(x, v1alpha1.ConditionComplete, v1alpha1.ReasonCompleted)

	if got := s.count(`SELECT count(*) FROM mails`) - before; got != 1 {
		t.Errorf("one action made %d mails", got)
	}
	if s.receivesEvent(x, "ActionCompleted") == "" {
		t.Error("no event reports it")
	}
}

func TestAccountAction_TooManyMails_FailsForGood(t *testing.T) {
	s := withAlice(t)
	s.mailed() // the account's first
	for _, name := range []string{"1", "2", "3", "4"} {
		x := action("reset-"+name, "alice", v1alpha1.ActionResendVerificationEmail)
		s.create(x)
		s.ends(x, v1alpha1.ConditionComplete, v1alpha1.ReasonCompleted)
		s.mailed()
	}

	x := action("reset-5", "alice", v1alpha1.ActionResendVerificationEmail)
	s.create(x)

	s.ends(x, v1alpha1.ConditionFailed, v1alpha1.ReasonRateLimited)
	if !meta.IsStatusConditionTrue(x.Status.Conditions, v1alpha1.ConditionStalled) {
		t.Error("it is not stalled, though only a person can go on")
	}
	message := meta.FindStatusCondition(x.Status.Conditions, v1alpha1.ConditionFailed).Message
	_, when, _ := strings.Cut(message, "after ")
	if at, err := time.Parse(time.RFC3339, when); err != nil || time.Until(at) < 50*time.Minute || time.Until(at) > time.Hour {
		t.Errorf("when it may be tried again is not shown: %s", message)
	}
}

func TestAccountAction_AccountIsGone_DoesNothing(t *testing.T) {
	s := withAlice(t)
	alice := account2(s, "alice")
	s.delete(alice)
	s.isGone(alice)

	x := action("reset", "alice", v1alpha1.ActionResendVerificationEmail)
	s.create(x)
	s.waitsFor(x, v1alpha1.ReasonAccountNotFound)

	if s.count(`SELECT count(*) FROM mails`) != 0 || s.count(`SELECT count(*) FROM actions`) != 0 {
		t.Error("something was done for an account that is gone")
	}
	s.delete(x)
	s.isGone(x)
}

func TestAccountAction_TTLIsOver_IsDeleted(t *testing.T) {
	s := withAlice(t)
	x := action("reset", "alice", v1alpha1.ActionResendVerificationEmail)
	x.Spec.TTLSecondsAfterFinished = ptr(int32(1))
	s.create(x)
	s.isGone(x)
}

func TestAccountAction_AccountIsMissing_Waits(t *testing.T) {
	s := newScenario(t)
	x := action("reset", "alice", v1alpha1.ActionResendVerificationEmail)
	s.create(x)
	s.waitsFor(x, v1alpha1.ReasonAccountNotFound)

	s.create(account("alice", "alice@example.com"))
	s.ends(x, v1alpha1.ConditionComplete, v1alpha1.ReasonCompleted)
}
