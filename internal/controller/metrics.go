package controller

import (
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/account-operator/account-operator/api/v1alpha1"
	"github.com/account-operator/account-operator/internal/store"
)

// metrics counts what goes to the store.
type metrics struct {
	driver   string
	requests *prometheus.CounterVec
	seconds  *prometheus.HistogramVec
	fenced   prometheus.Counter
	throttle prometheus.Counter
	success  *prometheus.GaugeVec
	actions  *prometheus.CounterVec
	drifted  *prometheus.CounterVec
	orphans  *prometheus.GaugeVec
	withheld prometheus.Counter
}

// newMetrics makes the metrics and registers them.
func newMetrics(registry prometheus.Registerer, cached client.Reader, driver string) *metrics {
	m := &metrics{
		driver: driver,
		requests: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "account_operator_store_requests_total",
			Help: "Calls to the backing store, by driver, operation and outcome.",
		}, []string{"driver", "op", "code"}),
		seconds: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name:    "account_operator_store_request_seconds",
			Help:    "How long a call to the backing store took.",
			Buckets: prometheus.ExponentialBuckets(0.0005, 2, 14),
		}, []string{"driver", "op"}),
		fenced: prometheus.NewCounter(prometheus.CounterOpts{
			Name: "account_operator_fenced_total",
			Help: "Writes that the store refused because another manager leads.",
		}),
		throttle: prometheus.NewCounter(prometheus.CounterOpts{
			Name: "account_operator_store_throttled_total",
			Help: "Calls that the backing store asked to repeat later.",
		}),
		success: prometheus.NewGaugeVec(prometheus.GaugeOpts{
			Name: "account_operator_last_success_timestamp_seconds",
			Help: "When an object of the kind was last found or brought in sync.",
		}, []string{"kind"}),
		actions: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "account_operator_actions_total",
			Help: "Account actions that are over, by type and the reason they ended with.",
		}, []string{"type", "result"}),
		drifted: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "account_operator_drift_detected_total",
			Help: "Leaves and variables that somebody else had changed, by kind of object.",
		}, []string{"kind"}),
		orphans: prometheus.NewGaugeVec(prometheus.GaugeOpts{
			Name: "account_operator_orphaned_claims",
			Help: "Claims of this cluster in the store whose object is gone, by kind.",
		}, []string{"kind"}),
		withheld: prometheus.NewCounter(prometheus.CounterOpts{
			Name: "account_operator_events_withheld_total",
			Help: "Events Synced and Deleted that were not sent, because very many objects became ready or went at once.",
		}),
	}
	registry.MustRegister(m.requests, m.seconds, m.fenced, m.throttle, m.success,
		m.actions, m.drifted, m.orphans, m.withheld, &objectsCollector{cached})
	return m
}

// observe counts one call.
func (m *metrics) observe(op string, begun time.Time, err error) {
	code := outcomeCode(err)
	m.requests.WithLabelValues(m.driver, op, code).Inc()
	m.seconds.WithLabelValues(m.driver, op).Observe(time.Since(begun).Seconds())
	switch code {
	case "fenced":
		m.fenced.Inc()
	case "rate_limited":
		m.throttle.Inc()
	}
}

func (m *metrics) acted(what v1alpha1.ActionType, v verdict) {
	m.actions.WithLabelValues(string(what), string(v.reason)).Inc()
}

func (m *metrics) driftFound(k store.Kind, leaves int) {
	m.drifted.WithLabelValues(string(k)).Add(float64(leaves))
}

func (m *metrics) succeeded(k store.Kind) {
	m.success.WithLabelValues(string(k)).SetToCurrentTime()
}
