package events

import (
	"testing"
	"testing/synctest"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/testutil"
	"golang.org/x/time/rate"
	"k8s.io/apimachinery/pkg/runtime"

	"github.com/account-operator/account-operator/api/v1alpha1"
	"github.com/account-operator/account-operator/internal/controller/outcome"
)

// sent counts what a client sends, by its reason.
type sent map[string]int

func (s sent) Eventf(_, _ runtime.Object, _, reason, _, _ string, _ ...any) { s[reason]++ }

func TestRecorder_ThousandsBecomeReady_RoutineEventsAreWithheld(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		// given a recorder, and a client that receives its events
		client := sent{}
		h := &Recorder{client, rate.NewLimiter(routineRate, routineBurst), prometheus.NewCounter(prometheus.CounterOpts{Name: "withheld_total", Help: "x"})}
		set := &v1alpha1.EnvVarSet{}

		// when five thousand objects become ready at once, one is blocked, one is let go and one is taken over
		for range 5_000 {
			h.Send(set, Transition("", outcome.Judge(nil)))
		}
		h.Send(set, Transition("", outcome.Judge(outcome.StalledBy(v1alpha1.ReasonNameConflict, "x"))))
		h.Send(set, Warning("Forgotten", "let go"))
		h.Send(set, Normal("Adopted", "taken over"))

		// then the API server gets a hundred events of the first, every other, and the rest is counted
		if client[eventSynced] != routineBurst || client["Blocked"] != 1 || client["Forgotten"] != 1 || client["Adopted"] != 1 {
			t.Errorf("sent: %v", client)
		}
		if n := testutil.ToFloat64(h.withheld); n != 5_000-routineBurst {
			t.Errorf("%v are counted as withheld", n)
		}

		// and after a second there is room again
		time.Sleep(time.Second) //nolint:forbidigo // the clock of the bubble
		h.Send(set, Transition("", outcome.Judge(nil)))
		if client[eventSynced] != routineBurst+1 {
			t.Errorf("sent after a second: %v", client)
		}
	})
}

func TestRecorder_NoEvent_SendsNothing(t *testing.T) {
	client := sent{}
	r := NewRecorder(client, prometheus.NewCounter(prometheus.CounterOpts{Name: "withheld_total", Help: "x"}))
	r.Send(&v1alpha1.EnvVarSet{}, Event{})
	if len(client) != 0 {
		t.Errorf("sent: %v", client)
	}
	r.Send(&v1alpha1.EnvVarSet{}, StatusMended)
	if client["StatusMended"] != 1 {
		t.Errorf("sent: %v", client)
	}
}
