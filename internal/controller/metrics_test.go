package controller

import (
	"strings"
	"testing"

	"github.com/prometheus/client_golang/prometheus/testutil"
)

func TestMetricsAreThereAndNamedAsTheyShouldBe(t *testing.T) {
	s := withAlice(t)
	set := envVarSet("base", "alice", fromSecret("A", "absent", "a"))
	s.create(set)
	s.eventually(soon, func() string {
		if n, err := testutil.GatherAndCount(s.metrics, "account_operator_objects"); err != nil || n < 2 {
			return "objects of two reasons are not counted"
		}
		return ""
	})

	problems, err := testutil.GatherAndLint(s.metrics)
	s.must(err)
	for _, p := range problems {
		if strings.HasPrefix(p.Metric, "account_operator_") {
			t.Errorf("%s: %s", p.Metric, p.Text)
		}
	}
	for _, name := range []string{
		"account_operator_store_requests_total", "account_operator_store_request_seconds", "account_operator_last_success_timestamp_seconds",
		"account_operator_fenced_total", "account_operator_store_throttled_total",
	} {
		if n, err := testutil.GatherAndCount(s.metrics, name); err != nil || n == 0 {
			t.Errorf("%s is not there: %v", name, err)
		}
	}
}
