package fairqueue

import (
	"testing"

	"sigs.k8s.io/controller-runtime/pkg/metrics"
)

// Given the queue of a controller, when requests are added and taken, then the metrics of its work queue show it under its name, as of any
// controller.
func TestQueue_Metrics_AreThoseOfTheController(t *testing.T) {
	q := New("fairqueue", limiter(), 2)
	t.Cleanup(q.ShutDown)
	for n := range 3 {
		q.Add(request("a", n))
		q.Add(request("a", n)) // is there already
	}
	r, _ := q.Get()
	q.Done(r)

	for name, want := range map[string]float64{
		"workqueue_depth": 2, "workqueue_adds_total": 3, "workqueue_queue_duration_seconds": 1, "workqueue_work_duration_seconds": 1,
		"workqueue_unfinished_work_seconds": 0, "workqueue_retries_total": 0,
	} {
		if got, there := metric(t, name); !there || got != want {
			t.Errorf("%s is %v (there: %t), want %v", name, got, there, want)
		}
	}
}

// metric is the value of a metric of the test's queue, or how often it was observed.
func metric(t *testing.T, name string) (value float64, there bool) {
	t.Helper()
	families, err := metrics.Registry.Gather()
	if err != nil {
		t.Fatal(err)
	}
	for _, family := range families {
		for _, m := range family.GetMetric() {
			for _, label := range m.GetLabel() {
				if family.GetName() == name && label.GetName() == "controller" && label.GetValue() == "fairqueue" {
					return m.GetGauge().GetValue() + m.GetCounter().GetValue() + float64(m.GetHistogram().GetSampleCount()), true
				}
			}
		}
	}
	return 0, false
}
