package controller

import (
	"github.com/prometheus/client_golang/prometheus"
	"golang.org/x/time/rate"
	"k8s.io/client-go/tools/events"
	"sigs.k8s.io/controller-runtime/pkg/client"
)

// Events that only repeat what an object's status, or its absence, says anyway: so many at once, and then so many a second.
const (
	routineBurst = 100
	routineRate  = 10
)

// herald sends news as events, for all kinds together. When thousands of objects become ready at once, their events would
// be a third of all writes to the API server and be read by nobody: those beyond a budget are withheld, and counted.
type herald struct {
	recorder events.EventRecorder
	routine  *rate.Limiter
	withheld prometheus.Counter
}

func newHerald(recorder events.EventRecorder, m *metrics) *herald {
	return &herald{recorder, rate.NewLimiter(routineRate, routineBurst), m.withheld}
}

func (h *herald) tell(obj client.Object, n news) {
	switch {
	case n == (news{}):
	case n.routine() && !h.routine.Allow():
		h.withheld.Inc()
	default:
		h.recorder.Eventf(obj, nil, n.kind, n.reason, "Reconcile", "%s", bounded(n.message))
	}
}
