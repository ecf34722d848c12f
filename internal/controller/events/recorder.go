package events

import (
	"github.com/prometheus/client_golang/prometheus"
	"golang.org/x/time/rate"
	"k8s.io/apimachinery/pkg/runtime"

	"github.com/account-operator/account-operator/internal/controller/object"
	"github.com/account-operator/account-operator/internal/legible"
)

// Events that only repeat what an object's status, or its absence, says anyway: so many at once, and then so many a second.
const (
	routineBurst = 100
	routineRate  = 10
)

// Client sends one event, as client-go's EventRecorder does.
type Client interface {
	Eventf(regarding, related runtime.Object, kind, reason, action, note string, args ...any)
}

// Recorder sends the events of all kinds. When thousands of objects become ready at once, their events would
// be a third of all writes to the API server and be read by no one: those beyond a budget are withheld, and counted.
type Recorder struct {
	recorder Client
	routine  *rate.Limiter
	withheld prometheus.Counter
}

// NewRecorder makes a Recorder that counts those events that it withholds.
func NewRecorder(recorder Client, withheld prometheus.Counter) *Recorder {
	return &Recorder{recorder, rate.NewLimiter(routineRate, routineBurst), withheld}
}

// Send sends an event about an object; the zero Event is none.
func (h *Recorder) Send(obj object.Any, n Event) {
	switch {
	case n == (Event{}):
	case n.routine() && !h.routine.Allow():
		h.withheld.Inc()
	default:
		h.recorder.Eventf(obj, nil, n.kind, n.Reason, "Reconcile", "%s", legible.Bounded(n.Message))
	}
}
