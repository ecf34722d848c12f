package scenarios

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/account-operator/account-operator/api/v1alpha1"
	"github.com/account-operator/account-operator/internal/legible"
	"github.com/account-operator/account-operator/internal/store"
	"github.com/account-operator/account-operator/internal/store/storetest"
	"github.com/account-operator/account-operator/test/fault"
)

// endless is a MiB of what a provider might answer.
var endless = strings.Repeat("not now, ", 1<<20/9)

// failing is a store that answers every write of variables with the same error, and remembers when it was asked.
type failing struct {
	mu    sync.Mutex
	err   error
	tries []time.Time
}

func (f *failing) hook(call string, when storetest.Moment) error {
	if call != "SyncEnvVars" || when != storetest.Before {
		return nil
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	f.tries = append(f.tries, time.Now())
	return f.err
}

func (f *failing) with(err error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.err = err
}

func (f *failing) tried() []time.Time {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.tries
}

// isTried waits for so many more tries.
func (s *scenario) isTried(f *failing, more int) {
	s.Helper()
	s.isTriedInAll(f, len(f.tried())+more)
}

func (s *scenario) isTriedInAll(f *failing, want int) {
	s.Helper()
	s.eventually(soon, func() string {
		if n := len(f.tried()); n < want {
			return fmt.Sprintf("tried %d times", n)
		}
		return ""
	})
}

func TestFailure_Permanent_IsReportedOnce(t *testing.T) {
	for name, c := range map[string]struct {
		err    error
		reason v1alpha1.Reason
		shown  bool // the text is for the reader: it says what to correct
		events int
		tries  int // how often it is reconciled without any change
	}{
		"an error":                   {errors.New(endless), v1alpha1.ReasonStoreUnavailable, false, 0, 6},
		"being asked to wait":        {&store.RateLimitedError{RetryAfter: 50 * time.Millisecond}, v1alpha1.ReasonRateLimited, false, 0, 6},
		"a refusal":                  {&store.InvalidError{Field: "env", Reason: endless}, v1alpha1.ReasonInvalid, true, 1, 1},
		"what the store cannot hold": {&store.UnsupportedError{Feature: endless}, v1alpha1.ReasonUnsupported, true, 1, 1},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			failed := fault.Begin(t, fault.Case{Goal: "G11", Workload: "a set is made", Trigger: "SyncEnvVars", Action: name})
			f := &failing{err: c.err}
			s := newScenarioOn(t, f.hook)
			alice, set := account("alice", email), envVarSet("base", "alice", value("A", "1"))
			s.create(alice)
			s.becomesReady(alice)
			s.isReconciled(alice)

			s.watch()
			s.create(set)
			s.isTriedInAll(f, c.tries) // the first may be over
			message := s.becomes(set, metav1.ConditionFalse, c.reason)
			failed.Add(int64(len(f.tried())))

			if len(message) > legible.MaxMessage || !c.shown && strings.Contains(message, "not now") {
				t.Errorf("the message has %d bytes: %.100s", len(message), message)
			}
			s.costs("say it once", map[string]int{"patch envvarsets": 1, "update envvarsets/status": 1})
			if c.tries == 1 && len(f.tried()) != 1 {
				t.Errorf("tried %d times, though only a change helps", len(f.tried()))
			}
			s.assertReceived(set, c.events)
		})
	}
}

// isReconciled has the Account reconciled once more. By then what it enqueues by being Ready has been enqueued.
func (s *scenario) isReconciled(a *v1alpha1.Account) {
	s.Helper()
	const request = "now"
	change(s, a, func(a *v1alpha1.Account) { a.Annotations = map[string]string{v1alpha1.RequestedAtAnnotation: request} })
	s.eventually(soon, func() string {
		s.becomesReady(a)
		return cmp.Diff(request, a.Status.LastHandledRequest)
	})
}

// assertReceived expects so many events of problems about the object, none of them long.
func (s *scenario) assertReceived(obj client.Object, want int) {
	s.Helper()
	heard := 0
	s.eventually(soon, func() string {
		var found corev1.EventList
		s.must(s.api.List(context.Background(), &found, client.InNamespace(s.ns)))
		heard = 0
		for _, e := range found.Items {
			if e.InvolvedObject.Name != obj.GetName() {
				continue
			}
			heard++
			if len(e.Message) > legible.MaxMessage {
				s.Errorf("an event has %d bytes", len(e.Message))
			}
		}
		if heard < want {
			return fmt.Sprintf("%d events", heard)
		}
		return ""
	})
	if heard > want {
		s.Errorf("%d events, want %d", heard, want)
	}
}

func TestVerification_ProviderFails_PauseGrows(t *testing.T) {
	t.Parallel()
	f := &failing{err: errors.New("the connection broke")}
	s := newScenarioOn(t, f.hook)
	alice, set := account("alice", email), envVarSet("base", "alice", value("A", "1"))
	s.create(alice)
	s.becomesReady(alice)

	s.create(set)
	s.isTriedInAll(f, 7)

	pause := 50 * time.Millisecond // the first
	tries := f.tried()
	for n := range len(tries) - 1 {
		if got := tries[n+1].Sub(tries[n]); got < pause {
			t.Errorf("try %d came %s after the one before, want at least %s", n+2, got, pause)
		}
		pause = min(2*pause, time.Second)
	}
}

func TestStatus_ReasonChanges_CostsOneWrite(t *testing.T) {
	t.Parallel()
	f := &failing{err: errors.New("the connection broke")}
	s := newScenarioOn(t, f.hook)
	alice, set := account("alice", email), envVarSet("base", "alice", value("A", "1"))
	s.create(alice, set)
	s.becomesReady(alice)
	s.becomes(set, metav1.ConditionFalse, v1alpha1.ReasonStoreUnavailable)
	s.watch()

	for range 2 {
		f.with(&store.RateLimitedError{RetryAfter: 20 * time.Millisecond})
		s.becomes(set, metav1.ConditionFalse, v1alpha1.ReasonRateLimited)
		s.isTried(f, 3)
		s.costs("say that the store asks to wait", map[string]int{"update envvarsets/status": 1})

		f.with(errors.New("the connection broke again"))
		s.becomes(set, metav1.ConditionFalse, v1alpha1.ReasonStoreUnavailable)
		s.isTried(f, 3)
		s.costs("say that the store does not answer", map[string]int{"update envvarsets/status": 1})
	}
}
