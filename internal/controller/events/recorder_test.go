package events

import (
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/testutil"
	"golang.org/x/time/rate"
	"k8s.io/client-go/tools/events"

	"github.com/account-operator/account-operator/api/v1alpha1"
	"github.com/account-operator/account-operator/internal/controller/outcome"
)

func TestRecorder_ThousandsBecomeReady_RoutineEventsAreWithheld(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		// given a recorder, and a client that receives its events
		fake := events.NewFakeRecorder(10_000)
		h := &Recorder{fake, rate.NewLimiter(routineRate, routineBurst), prometheus.NewCounter(prometheus.CounterOpts{Name: "withheld_total", Help: "x"})}
		set := &v1alpha1.EnvVarSet{}
		sent := func() map[string]int {
			n := map[string]int{}
			for len(fake.Events) > 0 {
				n[strings.Fields(<-fake.Events)[1]]++ //unbounded: there is one
			}
			return n
		}

		// when five thousand objects become ready at once, one is blocked, one is let go and one is taken over
		for range 5_000 {
			h.Send(set, Transition("", outcome.Judge(nil)))
		}
		h.Send(set, Transition("", outcome.Judge(outcome.StalledBy(v1alpha1.ReasonNameConflict, "x"))))
		h.Send(set, Warning("Forgotten", "let go"))
		h.Send(set, Normal("Adopted", "taken over"))

		// then the API server gets a hundred events of the first, every other, and the rest is counted
		if n := sent(); n[eventSynced] != routineBurst || n["Blocked"] != 1 || n["Forgotten"] != 1 || n["Adopted"] != 1 {
			t.Errorf("sent: %v", n)
		}
		if n := testutil.ToFloat64(h.withheld); n != 5_000-routineBurst {
			t.Errorf("%v are counted as withheld", n)
		}

		// and after a second there is room again
		time.Sleep(time.Second) //nolint:forbidigo // the clock of the bubble
		h.Send(set, Transition("", outcome.Judge(nil)))
		if n := sent(); n[eventSynced] != 1 {
			t.Errorf("sent after a second: %v", n)
		}
	})
}

func TestRecorder_NoEvent_SendsNothing(t *testing.T) {
	fake := events.NewFakeRecorder(1)
	r := NewRecorder(fake, prometheus.NewCounter(prometheus.CounterOpts{Name: "withheld_total", Help: "x"}))
	r.Send(&v1alpha1.EnvVarSet{}, Event{})
	if n := len(fake.Events); n != 0 {
		t.Errorf("%d events", n)
	}
	r.Send(&v1alpha1.EnvVarSet{}, StatusMended)
	if n := len(fake.Events); n != 1 {
		t.Errorf("%d events of one", n)
	}
}
