package telemetry

import (
	"context"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/account-operator/account-operator/internal/store"
)

var (
	mailsDesc = prometheus.NewDesc("account_operator_mail_outbox",
		"Mails that have not gone out, by state: waiting, held (back by the hourly limit) or dead.", []string{"state"}, nil)
	mailOldestDesc = prometheus.NewDesc("account_operator_mail_waiting_since_timestamp_seconds",
		"When the mail that waits longest was asked for; absent while none waits.", nil, nil)
	epochDesc = prometheus.NewDesc("account_operator_leading_epoch",
		"The number under which this manager leads the store, a greater one each time that the lead is taken; absent while it does not lead.", nil, nil)
)

var putBackDesc = prometheus.NewDesc("account_operator_store_put_back_timestamp_seconds",
	"When the store was last found put back to an older state; 0, never; absent while this manager does not lead.", nil, nil)

// Lead is what is asked of a manager that leads when its metrics are scraped.
type Lead interface {
	// Begun reports whether the others may be called.
	Begun() bool
	Fenced() store.FencedStore
	Identity() *store.Identity
}

// RegisterLead registers what only a manager that leads can report.
func RegisterLead(registry prometheus.Registerer, l Lead) {
	registry.MustRegister(&mailsCollector{l}, &epochCollector{l}, &putBackCollector{l})
}

// mailsCollector asks the store on each scrape. A manager that does not lead has nothing to report.
type mailsCollector struct{ lead Lead }

func (m *mailsCollector) Describe(ch chan<- *prometheus.Desc) {
	ch <- mailsDesc
	ch <- mailOldestDesc
}

func (m *mailsCollector) Collect(ch chan<- prometheus.Metric) {
	if !m.lead.Begun() {
		return
	}
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	counts, err := m.lead.Fenced().MailCounts(ctx)
	if err != nil {
		return // store_requests_total counts it
	}
	ch <- prometheus.MustNewConstMetric(mailsDesc, prometheus.GaugeValue, float64(counts.Waiting), "waiting")
	ch <- prometheus.MustNewConstMetric(mailsDesc, prometheus.GaugeValue, float64(counts.Dead), "dead")
	ch <- prometheus.MustNewConstMetric(mailsDesc, prometheus.GaugeValue, float64(counts.Held), "held")
	if !counts.Oldest.IsZero() {
		ch <- prometheus.MustNewConstMetric(mailOldestDesc, prometheus.GaugeValue, float64(counts.Oldest.Unix()))
	}
}

// epochCollector shows who leads, and by its growth how often that changed.
type epochCollector struct{ lead Lead }

func (e *epochCollector) Describe(ch chan<- *prometheus.Desc) { ch <- epochDesc }

func (e *epochCollector) Collect(ch chan<- prometheus.Metric) {
	if e.lead.Begun() {
		ch <- prometheus.MustNewConstMetric(epochDesc, prometheus.GaugeValue, float64(e.lead.Fenced().Epoch()))
	}
}

// putBackCollector shows a store that lost what it had.
type putBackCollector struct{ lead Lead }

func (p *putBackCollector) Describe(ch chan<- *prometheus.Desc) { ch <- putBackDesc }

func (p *putBackCollector) Collect(ch chan<- prometheus.Metric) {
	if p.lead.Begun() {
		at := float64(p.lead.Identity().Incarnation) / float64(time.Second/time.Microsecond)
		ch <- prometheus.MustNewConstMetric(putBackDesc, prometheus.GaugeValue, at)
	}
}
