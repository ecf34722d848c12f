// Package telemetry has the metrics of the controllers, and the store whose calls are counted.
package telemetry

import (
	"strconv"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/account-operator/account-operator/api/v1alpha1"
	"github.com/account-operator/account-operator/internal/controller/outcome"
	"github.com/account-operator/account-operator/internal/probe"
	"github.com/account-operator/account-operator/internal/store"
)

// Metrics are what the controllers count by themselves. What can be asked for when it is scraped has a collector.
type Metrics struct {
	driver   string
	requests *prometheus.CounterVec
	seconds  *prometheus.HistogramVec
	fenced   prometheus.Counter
	throttle prometheus.Counter
	success  *prometheus.GaugeVec
	actions  *prometheus.CounterVec
	drifted  *prometheus.CounterVec
	orphans  *prometheus.GaugeVec
	probes   *prometheus.CounterVec
	Latency  *prometheus.HistogramVec
	Withheld prometheus.Counter
	Mended   *prometheus.CounterVec
}

// RegisterMetrics registers every metric of a manager that does not run, for whoever only wants to know which there are.
func RegisterMetrics(registry prometheus.Registerer) {
	New(registry, nil, "")
	RegisterLead(registry, nil)
	CountMails(registry)
	CountPages(registry)
}

// New makes the metrics and registers them.
func New(registry prometheus.Registerer, cached client.Reader, driver string) *Metrics {
	m := &Metrics{
		driver: driver,
		requests: counters("account_operator_store_requests_total",
			"Calls to the backing store, by driver, operation and outcome.", "driver", "op", "code"),
		seconds: histograms("account_operator_store_request_seconds",
			"How long a call to the backing store took.", prometheus.ExponentialBuckets(0.0005, 2, 14), "driver", "op"),
		fenced: counter("account_operator_fenced_total",
			"Writes that the store refused because another manager leads."),
		throttle: counter("account_operator_store_throttled_total",
			"Calls that the backing store asked to repeat later."),
		success: gauges("account_operator_last_success_timestamp_seconds",
			"When an object of the kind was last found or brought in sync.", "kind"),
		actions: counters("account_operator_actions_total",
			"Account actions that are over, by type and the reason they ended with.", "type", "result"),
		drifted: counters("account_operator_drift_detected_total",
			"Leaves and variables that another client had changed, by kind of object.", "kind"),
		orphans: gauges("account_operator_orphaned_claims",
			"Claims of this cluster in the store whose object is gone, by kind.", "kind"),
		probes: counters("account_operator_probes_total",
			"Connections tried against their provider, by its type and what it made of the credentials.", "type", "outcome"),
		Latency: histograms("account_operator_sync_latency_seconds",
			"From the watch event of a changed Secret or ConfigMap until the store has what an object takes from it.",
			prometheus.ExponentialBuckets(0.005, 2, 16), "kind"),
		Withheld: counter("account_operator_events_withheld_total",
			"Events Synced, Deleted and Rotated that were not sent, because very many objects became ready, went or were rotated at once."),
	}
	m.Mended = counters("account_operator_status_mended_total",
		"Statuses that another client had written and that say again what is so, by kind of object.", "kind")
	registry.MustRegister(m.Mended, m.requests, m.seconds, m.fenced, m.throttle, m.success,
		m.actions, m.drifted, m.orphans, m.probes, m.Latency, m.Withheld, &objectsCollector{cached})
	return m
}

// CountMails registers the count of attempts to send a mail. What it returns takes each one's outcome.
func CountMails(registry prometheus.Registerer) func(kind store.MailKind, outcome, cause string) {
	mails := counters("account_operator_mails_total",
		"Attempts to send a mail, by its kind and how they ended: sent, retried or dead.", "kind", "outcome")
	failures := counters("account_operator_mail_failures_total", "Attempts to send a mail that failed, by what failed.", "cause")
	registry.MustRegister(mails, failures)
	for _, kind := range store.MailKinds {
		mails.WithLabelValues(string(kind), "sent") // that none was sent shows, too, where mails could be
	}
	return func(kind store.MailKind, outcome, cause string) {
		mails.WithLabelValues(string(kind), outcome).Inc()
		if cause != "" {
			failures.WithLabelValues(cause).Inc()
		}
	}
}

// CountPages registers the count of pages. What it returns takes each one that was shown.
func CountPages(registry prometheus.Registerer) func(page string, status int) {
	pages := counters("account_operator_pages_total", "Pages that were shown to account holders, by what was asked for and the status of the answer.", "page", "status")
	registry.MustRegister(pages)
	return func(page string, status int) { pages.WithLabelValues(page, strconv.Itoa(status)).Inc() }
}

func counter(name, help string) prometheus.Counter {
	return prometheus.NewCounter(prometheus.CounterOpts{Name: name, Help: help})
}

func counters(name, help string, labels ...string) *prometheus.CounterVec {
	return prometheus.NewCounterVec(prometheus.CounterOpts{Name: name, Help: help}, labels)
}

func gauges(name, help string, labels ...string) *prometheus.GaugeVec {
	return prometheus.NewGaugeVec(prometheus.GaugeOpts{Name: name, Help: help}, labels)
}

func histograms(name, help string, buckets []float64, labels ...string) *prometheus.HistogramVec {
	return prometheus.NewHistogramVec(prometheus.HistogramOpts{Name: name, Help: help, Buckets: buckets}, labels)
}

// observe counts one call.
func (m *Metrics) observe(op string, begun time.Time, err error) {
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

// Acted counts an action that is over.
func (m *Metrics) Acted(what v1alpha1.ActionType, v outcome.Verdict) {
	m.actions.WithLabelValues(string(what), string(v.Reason)).Inc()
}

// DriftFound counts leaves that another client had changed.
func (m *Metrics) DriftFound(k store.Kind, leaves int) {
	m.drifted.WithLabelValues(string(k)).Add(float64(leaves))
}

// StatusMended counts a status that another client had written.
func (m *Metrics) StatusMended(k store.Kind) { m.Mended.WithLabelValues(string(k)).Inc() }

// Tried counts a connection that was tried.
func (m *Metrics) Tried(provider v1alpha1.CloudConnectionType, outcome probe.Outcome) {
	m.probes.WithLabelValues(string(provider), string(outcome)).Inc()
}

// Succeeded notes that an object of the kind is in sync.
func (m *Metrics) Succeeded(k store.Kind) {
	m.success.WithLabelValues(string(k)).SetToCurrentTime()
}

// CountOrphans sets how many claims of the kind have no object.
func (m *Metrics) CountOrphans(k store.Kind, n int) {
	m.orphans.WithLabelValues(string(k)).Set(float64(n))
}
