package controller

import (
	"context"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"sigs.k8s.io/controller-runtime/pkg/client"
	ctrlmetrics "sigs.k8s.io/controller-runtime/pkg/metrics"

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
}

// registerMetrics makes the metrics and registers them in place of an earlier manager's of the same process.
func registerMetrics(cached client.Reader, driver string) *metrics {
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
	}
	for _, c := range []prometheus.Collector{m.requests, m.seconds, m.fenced, m.throttle, m.success, &objectsCollector{cached}} {
		ctrlmetrics.Registry.Unregister(c)
		ctrlmetrics.Registry.MustRegister(c)
	}
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

func (m *metrics) succeeded(k store.Kind) {
	m.success.WithLabelValues(string(k)).SetToCurrentTime()
}

var objectsDesc = prometheus.NewDesc("account_operator_objects",
	"Objects by kind, state of Ready and its reason.", []string{"kind", "ready", "reason"}, nil)

// objectsCollector counts the cached objects when it is asked, so that nothing has to be kept up to date in between.
type objectsCollector struct{ cached client.Reader }

func (o *objectsCollector) Describe(ch chan<- *prometheus.Desc) { ch <- objectsDesc }

func (o *objectsCollector) Collect(ch chan<- prometheus.Metric) {
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	var accounts v1alpha1.AccountList
	var sets v1alpha1.EnvVarSetList
	var connections v1alpha1.CloudConnectionList
	counts := map[[3]string]int{}
	if o.cached.List(ctx, &accounts, client.UnsafeDisableDeepCopy) == nil {
		for i := range accounts.Items {
			counts[objectLabels(store.KindAccount, &accounts.Items[i])]++
		}
	}
	if o.cached.List(ctx, &sets, client.UnsafeDisableDeepCopy) == nil {
		for i := range sets.Items {
			counts[objectLabels(store.KindEnvVarSet, &sets.Items[i])]++
		}
	}
	if o.cached.List(ctx, &connections, client.UnsafeDisableDeepCopy) == nil {
		for i := range connections.Items {
			counts[objectLabels(store.KindCloudConnection, &connections.Items[i])]++
		}
	}
	for l, n := range counts {
		ch <- prometheus.MustNewConstMetric(objectsDesc, prometheus.GaugeValue, float64(n), l[0], l[1], l[2])
	}
}

func objectLabels(k store.Kind, obj object) [3]string {
	for _, c := range obj.CommonStatus().Conditions {
		if c.Type == v1alpha1.ConditionReady {
			return [3]string{string(k), string(c.Status), c.Reason}
		}
	}
	return [3]string{string(k), "Unknown", "Pending"}
}
