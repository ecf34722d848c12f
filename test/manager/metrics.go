package manager

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
)

// MetricsAddress is where metrics are served, if they are.
func (m *Manager) MetricsAddress() string { return m.metrics }

// Metrics returns the page of metrics.
func (m *Manager) Metrics(ctx context.Context) (string, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+m.metrics+"/metrics", nil)
	if err != nil {
		return "", err
	}
	request.Close = true // nothing is left open that a later check for leaks would find
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return "", err
	}
	defer func() { _ = response.Body.Close() }()
	if response.StatusCode != http.StatusOK {
		return "", fmt.Errorf("metrics: %s", response.Status)
	}
	page, err := io.ReadAll(response.Body)
	return string(page), err
}

// Work is what the controllers of a manager did and have to do.
type Work struct {
	Passes  int // that ended
	Waiting int // objects in the queues
	Running int // passes under way
	Ready   int // objects of all kinds whose condition Ready is true
	Calls   int // of the store
}

// Idle reports that nothing is left to do at this moment.
func (w Work) Idle() bool { return w.Waiting == 0 && w.Running == 0 }

// Work reads it from the metrics.
func (m *Manager) Work(ctx context.Context) (Work, error) {
	page, err := m.Metrics(ctx)
	if err != nil {
		return Work{}, err
	}
	return Work{
		Passes:  sum(page, "controller_runtime_reconcile_total", ""),
		Waiting: sum(page, "workqueue_depth", ""),
		Running: sum(page, "controller_runtime_active_workers", ""),
		Ready:   sum(page, "account_operator_objects", `ready="True"`),
		Calls:   sum(page, "account_operator_store_requests_total", ""),
	}, nil
}

// Sum adds up the samples of a metric, of those with a label if one is given, as
// in outcome="sent".
func (m *Manager) Sum(ctx context.Context, metric, label string) (int, error) {
	page, err := m.Metrics(ctx)
	return sum(page, metric, label), err
}

// sum adds up the samples of a metric, of those with a label if one is given.
func sum(page, metric, label string) int {
	total := 0.0
	for lines := bufio.NewScanner(strings.NewReader(page)); lines.Scan(); {
		name, value, _ := strings.Cut(lines.Text(), " ")
		if family, _, _ := strings.Cut(name, "{"); family != metric || !strings.Contains(name, label) {
			continue
		}
		if sample, err := strconv.ParseFloat(value, 64); err == nil {
			total += sample
		}
	}
	return int(total)
}
