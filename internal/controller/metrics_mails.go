package controller

import (
	"context"
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

var mailsDesc = prometheus.NewDesc("account_operator_mail_outbox",
	"Mails that have not gone out, by state: waiting or dead.", []string{"state"}, nil)

// mailsCollector asks the store when it is asked itself. A manager that does not lead has nothing to tell.
type mailsCollector struct{ leading *leading }

func (m *mailsCollector) Describe(ch chan<- *prometheus.Desc) { ch <- mailsDesc }

func (m *mailsCollector) Collect(ch chan<- prometheus.Metric) {
	select {
	case <-m.leading.ready:
	default:
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
}
