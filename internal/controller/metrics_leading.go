package controller

import (
	"context"
	"time"

	"github.com/prometheus/client_golang/prometheus"
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

// registerLeading registers what only a manager that leads can tell.
func registerLeading(registry prometheus.Registerer, l *leading) {
	registry.MustRegister(&mailsCollector{l}, &epochCollector{l}, &putBackCollector{l})
}

// begun tells whether led may be used.
func (l *leading) begun() bool {
	select {
	case <-l.ready:
		return true
	default:
		return false
	}
}

// mailsCollector asks the store when it is asked itself. A manager that does not lead has nothing to tell.
type mailsCollector struct{ leading *leading }

func (m *mailsCollector) Describe(ch chan<- *prometheus.Desc) {
	ch <- mailsDesc
	ch <- mailOldestDesc
}

func (m *mailsCollector) Collect(ch chan<- prometheus.Metric) {
	if !m.leading.begun() {
		return
	}
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	counts, err := m.leading.led.MailCounts(ctx)
	if err != nil {
		return // store_requests_total tells of it
	}
	ch <- prometheus.MustNewConstMetric(mailsDesc, prometheus.GaugeValue, float64(counts.Waiting), "waiting")
	ch <- prometheus.MustNewConstMetric(mailsDesc, prometheus.GaugeValue, float64(counts.Dead), "dead")
	ch <- prometheus.MustNewConstMetric(mailsDesc, prometheus.GaugeValue, float64(counts.Held), "held")
	if !counts.Oldest.IsZero() {
		ch <- prometheus.MustNewConstMetric(mailOldestDesc, prometheus.GaugeValue, float64(counts.Oldest.Unix()))
	}
}

// epochCollector tells who leads, and by its growth how often that changed.
type epochCollector struct{ leading *leading }

func (e *epochCollector) Describe(ch chan<- *prometheus.Desc) { ch <- epochDesc }

func (e *epochCollector) Collect(ch chan<- prometheus.Metric) {
	if e.leading.begun() {
		ch <- prometheus.MustNewConstMetric(epochDesc, prometheus.GaugeValue, float64(e.leading.led.Epoch()))
	}
}

// putBackCollector tells of a store that lost what it had.
type putBackCollector struct{ leading *leading }

func (p *putBackCollector) Describe(ch chan<- *prometheus.Desc) { ch <- putBackDesc }

func (p *putBackCollector) Collect(ch chan<- prometheus.Metric) {
	if p.leading.begun() {
		at := float64(p.leading.known.Load().Incarnation) / float64(time.Second/time.Microsecond)
		ch <- prometheus.MustNewConstMetric(putBackDesc, prometheus.GaugeValue, at)
	}
}
