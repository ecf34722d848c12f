package scenarios

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/account-operator/account-operator/api/v1alpha1"
	"github.com/account-operator/account-operator/internal/controller/object"
	"github.com/account-operator/account-operator/internal/controller/status"
)

// forgeries are what another client may write into the status of an object of any kind.
var forgeries = map[string]func(client.Object){
	"wiped": func(obj client.Object) { replaceStatus(obj, nil) },
	"set to a failure, as by a previous leader": func(obj client.Object) {
		conditions := conditionsIn(obj)
		meta.SetStatusCondition(conditions, metav1.Condition{
			Type: v1alpha1.ConditionReady, Status: metav1.ConditionFalse, Reason: "AccountNotFound", Message: "there is no Account",
		})
	},
	"forged in what Ready does not show": func(obj client.Object) {
		long := metav1.NewTime(time.Unix(1_000_000_000, 0))
		switch o := obj.(type) {
		case *v1alpha1.Account:
			o.Status.AccountID, o.Status.EmailVerifiedTime = "4711", &long
		case *v1alpha1.EnvVarSet:
			o.Status.Names, o.Status.LastSyncTime = []string{"FORGED"}, &long
		case *v1alpha1.CloudConnection:
			o.Status.ConnectionID, o.Status.Sources = "4711", nil
		case *v1alpha1.SSHKey:
			o.Status.KeyID, o.Status.Fingerprint = "4711", "SHA256:forged"
		case *v1alpha1.AccountAction:
			o.Status.CompletionTime = &long
		}
	},
}

func conditionsIn(obj client.Object) *[]metav1.Condition {
	if x, is := obj.(*v1alpha1.AccountAction); is {
		return &x.Status.Conditions
	}
	return &obj.(object.Object).CommonStatus().Conditions
}

// replaceStatus leaves nothing of a status but these conditions.
func replaceStatus(obj client.Object, conditions []metav1.Condition) {
	switch o := obj.(type) {
	case *v1alpha1.Account:
		o.Status = v1alpha1.AccountStatus{}
	case *v1alpha1.EnvVarSet:
		o.Status = v1alpha1.EnvVarSetStatus{}
	case *v1alpha1.CloudConnection:
		o.Status = v1alpha1.CloudConnectionStatus{}
	case *v1alpha1.SSHKey:
		o.Status = v1alpha1.SSHKeyStatus{}
	case *v1alpha1.AccountAction:
		o.Status = v1alpha1.AccountActionStatus{}
	}
	*conditionsIn(obj) = conditions
}

// Given objects of every kind in sync, when another client writes their status, then it says within seconds again what it said,
// to the second; that costs one write each, and a condition of the other client's own type stays.
func TestStatus_WrittenByAnotherClient_IsCorrectedAtOnce(t *testing.T) {
	for how, forge := range forgeries {
		t.Run(how, func(t *testing.T) {
			t.Parallel()
			s := withAlice(t)
			set, conn := envVarSet("base", "alice", value("A", "1"), fromSecret("HF_TOKEN", "hf", "token")), s3Connection("data", "alice", "s3")
			pressed := action("resend", "alice", v1alpha1.ActionResendVerificationEmail)
			s.create(secret("hf", "token", "1"), secret("s3", "access-key-id", "1", "secret-access-key", "2"), set, conn)
			s.becomesReady(set, conn)
			s.create(pressed)
			s.ends(pressed, v1alpha1.ConditionComplete, v1alpha1.ReasonCompleted)
			alice := account2(s, "alice")
			for _, obj := range []client.Object{alice, set, conn, pressed} {
				s.mends(obj, forge)
			}
			if n := s.count(`SELECT count(*) FROM audit WHERE op = 'ResendVerificationEmail'`); n > 1 {
				t.Errorf("the action was performed %d times", n)
			}
		})
	}
}

// Given a manager that has started just now and found the objects in sync, when another client writes their status, then it is
// corrected in the same way.
func TestStatus_WrittenByAnotherClientAfterARestart_IsCorrectedAtOnce(t *testing.T) {
	t.Parallel()
	s := withAlice(t)
	set := envVarSet("base", "alice", value("A", "1"))
	s.create(set)
	s.becomesReady(set)
	s.restartManager()
	last := envVarSet("last", "alice", value("LAST", "1"))
	s.create(last)
	s.becomesReady(last)
	for _, forge := range forgeries {
		s.mends(account2(s, "alice"), forge)
		s.mends(set, forge)
	}
}

// corrects has another client write the status of an object, and waits until that says again what it said.
func (s *scenario) mends(obj client.Object, forge func(client.Object)) {
	s.Helper()
	ctx := context.Background()
	var before client.Object
	s.eventually(soon, func() string {
		s.quiet(obj)
		before = obj.DeepCopyObject().(client.Object)
		forge(obj)
		meta.SetStatusCondition(conditionsIn(obj), metav1.Condition{Type: foreignCondition, Status: metav1.ConditionTrue, Reason: "Kept"})
		s.watch()
		err := s.api.Status().Update(ctx, obj)
		if apierrors.IsConflict(err) {
			return "the manager wrote it at the same time"
		}
		s.must(err)
		return ""
	})
	s.eventually(atOnce, func() string {
		s.must(s.api.Get(ctx, client.ObjectKeyFromObject(obj), obj))
		if !status.Same(before, obj) {
			was, _ := status.Own(before)
			is, conditions := status.Own(obj)
			return cmp.Diff(was, is) + describe(conditions)
		}
		return ""
	})
	if meta.FindStatusCondition(*conditionsIn(obj), foreignCondition) == nil {
		s.Errorf("%T: the other client's own condition is lost", obj)
	}
	s.eventually(soon, func() string {
		if writes := s.requests(writesTo); len(writes) != 1 || !slices.Contains(slices.Collect(maps.Values(writes)), 1) {
			return fmt.Sprintf("%T: corrected with %v", obj, writes)
		}
		return ""
	})
}

// quiet waits until the audit log has every write that led to the object as it is, and reads it.
func (s *scenario) quiet(obj client.Object) {
	s.Helper()
	last := ""
	s.eventually(soon, func() string {
		s.must(s.api.Get(context.Background(), client.ObjectKeyFromObject(obj), obj))
		seen := last
		last = obj.GetResourceVersion()
		if last != seen {
			return "it is still being written"
		}
		return ""
	})
}
