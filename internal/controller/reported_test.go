package controller

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/prometheus/client_golang/prometheus"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/client-go/util/workqueue"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/reconcile"

	"github.com/account-operator/account-operator/api/v1alpha1"
	"github.com/account-operator/account-operator/internal/controller/syncstate"
	"github.com/account-operator/account-operator/internal/store"
)

// forgeries are what another client may write into the status of an object of any kind.
var forgeries = map[string]func(client.Object){
	"wiped": func(obj client.Object) { replaceStatus(obj, nil) },
	"set to a failure, as by a former leader": func(obj client.Object) {
		conditions := conditionsIn(obj)
		meta.SetStatusCondition(conditions, metav1.Condition{
			Type: v1alpha1.ConditionReady, Status: metav1.ConditionFalse, Reason: "AccountNotFound", Message: "there is no Account",
		})
	},
	"forged in what Ready does not tell": func(obj client.Object) {
		long := metav1.NewTime(time.Unix(1_000_000_000, 0))
		switch o := obj.(type) {
		case *v1alpha1.Account:
			o.Status.AccountID, o.Status.EmailVerifiedTime = "4711", &long
		case *v1alpha1.EnvVarSet:
			o.Status.Names, o.Status.LastSyncTime = []string{"FORGED"}, &long
		case *v1alpha1.CloudConnection:
			o.Status.ConnectionID, o.Status.Sources = "4711", nil
		case *v1alpha1.AccountAction:
			o.Status.CompletionTime = &long
		}
	},
}

func conditionsIn(obj client.Object) *[]metav1.Condition {
	if x, is := obj.(*v1alpha1.AccountAction); is {
		return &x.Status.Conditions
	}
	return &obj.(object).CommonStatus().Conditions
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
	case *v1alpha1.AccountAction:
		o.Status = v1alpha1.AccountActionStatus{}
	}
	*conditionsIn(obj) = conditions
}

// Given objects of every kind in sync, when another client writes their status, then it says within seconds again what it said,
// to the second; that costs one write each, and a condition of the other client's own type stays.
func TestStatus_WrittenByAnotherClient_IsMendedAtOnce(t *testing.T) {
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
// mended in the same way.
func TestStatus_WrittenByAnotherClientAfterARestart_IsMendedAtOnce(t *testing.T) {
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

// mends has another client write the status of an object, and waits until that says again what it said.
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
		if !sameStatus(before, obj) {
			was, _ := ownStatus(before)
			is, conditions := ownStatus(obj)
			return cmp.Diff(was, is) + describe(conditions)
		}
		return ""
	})
	if meta.FindStatusCondition(*conditionsIn(obj), foreignCondition) == nil {
		s.Errorf("%T: the other client's own condition is lost", obj)
	}
	s.eventually(soon, func() string {
		if writes := s.requests(writesTo); len(writes) != 1 || !slices.Contains(slices.Collect(maps.Values(writes)), 1) {
			return fmt.Sprintf("%T: mended with %v", obj, writes)
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

// Given a status in the memory of a manager that leads, when the watch brings states in any order around its own write, then only
// one of another client enqueues the object.
func TestReported_StatesInAnyOrder_OnlyAnotherClientsEnqueues(t *testing.T) {
	at := func(version, reason string) *v1alpha1.Account {
		a := &v1alpha1.Account{ObjectMeta: metav1.ObjectMeta{UID: "1", Namespace: "team", Name: "alice", ResourceVersion: version}}
		a.Status.Conditions = []metav1.Condition{{Type: v1alpha1.ConditionReady, Reason: reason}}
		return a
	}
	labelled := at("12", "ours")
	labelled.Labels = map[string]string{"a": "b"}
	labelled.Status.Conditions = append(labelled.Status.Conditions, metav1.Condition{Type: "Theirs"})
	for name, c := range map[string]struct {
		during, after []*v1alpha1.Account // the write gives version 10
		want          bool
	}{
		"our own write, seen before its answer":  {during: []*v1alpha1.Account{at("10", "ours")}},
		"our own write, seen after its answer":   {after: []*v1alpha1.Account{at("10", "ours")}},
		"a state before it that comes late":      {after: []*v1alpha1.Account{at("9", "before"), at("10", "ours")}},
		"another field and another's condition":  {after: []*v1alpha1.Account{at("10", "ours"), labelled}},
		"another's before the answer":            {during: []*v1alpha1.Account{at("10", "ours"), at("11", "theirs")}, want: true},
		"another's after the answer":             {after: []*v1alpha1.Account{at("10", "ours"), at("11", "theirs")}, want: true},
		"another's that hides our own write":     {after: []*v1alpha1.Account{at("11", "theirs")}, want: true},
		"another's before ours, and then nobody": {during: []*v1alpha1.Account{at("9", "theirs"), at("10", "ours")}},
	} {
		t.Run(name, func(t *testing.T) {
			l := &leading{state: syncstate.New(), queues: &queues{}, ready: make(chan struct{}), metrics: newMetrics(prometheus.NewRegistry(), nil, "")}
			close(l.ready)
			q := workqueue.NewTypedRateLimitingQueue(workqueue.DefaultTypedControllerRateLimiter[reconcile.Request]())
			defer q.ShutDown()
			l.queues.of = map[store.Kind]queue{store.KindAccount: q}
			r := newReported(l, store.KindAccount)
			r.saw(at("1", "first"))

			r.begin("1")
			for _, a := range c.during {
				r.saw(a)
			}
			r.end(at("10", "ours"), nil)
			for _, a := range c.after {
				r.saw(a)
			}

			if got := q.Len() == 1; got != c.want {
				t.Errorf("enqueued: %t", got)
			}
			now := at("13", "theirs")
			if restored := r.restore(now); !restored || now.Status.Conditions[0].Reason != "ours" {
				t.Errorf("restored: %t, %v", restored, now.Status.Conditions)
			}
			r.forget(types.UID("1"))
			if r.restore(at("14", "theirs")) {
				t.Error("what is forgotten is remembered")
			}
		})
	}
}

// Given a client that writes a status again as soon as it is mended, then the pauses grow up to five minutes; after ten quiet
// minutes the next one is mended at once.
func TestReported_OverwrittenForEver_IsMendedEverMoreSeldom(t *testing.T) {
	e, now, total := &report{}, time.Unix(0, 0), time.Duration(0)
	if p := e.pause(now); p != 0 {
		t.Errorf("the first is mended after %s", p)
	}
	mends := 0
	for total < 24*time.Hour {
		p := e.pause(now)
		if again := e.pause(now.Add(p / 2)); again > p-p/2 {
			t.Errorf("a second write in a pause of %s makes it longer: %s", p, again)
		}
		now, total, mends = now.Add(p), total+p, mends+1
	}
	if want := 24*12 + 9; mends > want {
		t.Errorf("%d mends a day, want at most %d", mends, want)
	}
	if p := e.pause(now.Add(mendsForgotten + time.Second)); p != 0 {
		t.Errorf("after a long rest it is mended after %s", p)
	}
}
