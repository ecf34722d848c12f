package main

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/account-operator/account-operator/internal/accountapi"
	"github.com/account-operator/account-operator/internal/controller/telemetry"
	"github.com/account-operator/account-operator/internal/reader"
)

// metric is one of the manager's.
type metric struct {
	name, kind, help string
	labels           []string
}

func metricsTable(string) (string, error) {
	all, err := metrics()
	if err != nil {
		return "", err
	}
	table := "| metric | type | meaning |\n| --- | --- | --- |\n"
	for _, m := range all {
		name := m.name
		if len(m.labels) > 0 {
			name += "{" + strings.Join(m.labels, ",") + "}"
		}
		table += fmt.Sprintf("| `%s` | %s | %s |\n", name, m.kind, m.help)
	}
	return table, nil
}

// metrics are those that a manager registers, by name.
func metrics() ([]metric, error) {
	r := &recorder{}
	telemetry.RegisterMetrics(r)
	reader.NewMetrics(r)
	accountapi.CountAnswers(r)
	var all []metric
	for _, c := range r.collectors {
		described := make(chan *prometheus.Desc, 100)
		c.Describe(described)
		close(described)
		for d := range described {
			m, err := read(d)
			if err != nil {
				return nil, err
			}
			m.kind = kindOf(c)
			all = append(all, m)
		}
	}
	slices.SortFunc(all, func(a, b metric) int { return strings.Compare(a.name, b.name) })
	return all, nil
}

// recorder is a registry that only remembers.
type recorder struct{ collectors []prometheus.Collector }

func (r *recorder) Register(c prometheus.Collector) error {
	r.MustRegister(c)
	return nil
}
func (r *recorder) MustRegister(c ...prometheus.Collector) { r.collectors = append(r.collectors, c...) }
func (r *recorder) Unregister(prometheus.Collector) bool   { return false }

var (
	description    = regexp.MustCompile(`^Desc\{fqName: (".*?"), help: ("(?:[^"\\]|\\.)*"), unit: ".*?", constLabels: \{\}, variableLabels: \{(.*)\}\}$`)
	errDescription = errors.New("the library describes metrics in another way than it did; mend hack/docs/metrics.go")
)

// read takes a description apart, which says what it is only as text.
func read(d *prometheus.Desc) (metric, error) {
	found := description.FindStringSubmatch(d.String())
	if found == nil {
		return metric{}, fmt.Errorf("%w: %s", errDescription, d)
	}
	name, badName := strconv.Unquote(found[1])
	help, badHelp := strconv.Unquote(found[2])
	m := metric{name: name, help: help}
	if found[3] != "" {
		m.labels = strings.Split(found[3], ",")
	}
	return m, errors.Join(badName, badHelp)
}

// kindOf is the type that Prometheus shows; collectors of ours have gauges only.
func kindOf(c prometheus.Collector) string {
	switch c.(type) {
	case *prometheus.CounterVec:
		return "counter"
	case *prometheus.HistogramVec:
		return "histogram"
	case prometheus.Gauge:
		return "gauge"
	case prometheus.Counter:
		return "counter"
	default:
		return "gauge"
	}
}
