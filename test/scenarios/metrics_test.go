package scenarios

import (
	"fmt"
	"strings"
	"testing"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/testutil"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/account-operator/account-operator/api/v1alpha1"
	"github.com/account-operator/account-operator/internal/controller/telemetry"
	"github.com/account-operator/account-operator/internal/store"
	"github.com/account-operator/account-operator/test/s3"
)

func TestMetrics_All_AreThereAndNamedByConvention(t *testing.T) {
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
		"account_operator_fenced_total", "account_operator_store_throttled_total", "account_operator_mail_outbox", "account_operator_mail_waiting_since_timestamp_seconds",
	} {
		if n, err := testutil.GatherAndCount(s.metrics, name); err != nil || n == 0 {
			t.Errorf("%s is not there: %v", name, err)
		}
	}
}

func TestLatency_OfARotation_IsMeasured(t *testing.T) {
	s := withAlice(t)
	token, set := secret("hf", "token", "1"), envVarSet("base", "alice", fromSecret("HF_TOKEN", "hf", "token"))
	s.create(token, set)
	s.becomesReady(set)
	already := s.measures("account_operator_sync_latency_seconds", "EnvVarSet")

	token.StringData = map[string]string{"token": "2"}
	s.must(s.api.Update(s.Context(), token))

	s.eventually(soon, func() string {
		if n := s.measures("account_operator_sync_latency_seconds", "EnvVarSet"); n != already+1 {
			return fmt.Sprintf("%v changes measured, want one more than %v", n, already)
		}
		return ""
	})
}

func TestMetrics_SourceReferredToTwice_IsCountedOnce(t *testing.T) {
	s := withAlice(t)
	first := envVarSet("first", "alice", fromSecret("A", "hf", "token"), fromSecret("B", "hf", "user"))
	second := envVarSet("second", "alice", fromSecret("C", "hf", "token"), fromSecret("D", "other", "token"))

	s.create(first, second)

	s.eventually(soon, func() string {
		if n := s.measures("account_operator_secret_index_size"); n != 2 {
			return fmt.Sprintf("two Secrets are named by two sets, reported as %v", n)
		}
		return ""
	})
}

func TestEpoch_EachLead_Grows(t *testing.T) {
	s := withAlice(t)
	first := s.measures("account_operator_leading_epoch")

	s.restartManager()

	s.eventually(soon, func() string {
		if n := s.measures("account_operator_leading_epoch"); n != first+1 {
			return fmt.Sprintf("led under %v and then %v", first, n)
		}
		return ""
	})
}

func TestMetrics_ProviderAnswers_AreCounted(t *testing.T) {
	s, p := withProviders(t)
	c := connectionAt("owner", p.Endpoint)
	c.Spec.AmazonS3.Bucket = s3.Bucket
	s.create(keySecret("owner", p.Owner), c)

	s.verifies(c, metav1.ConditionTrue, v1alpha1.ReasonAccepted)

	if n := s.measures("account_operator_probes_total", "Accepted"); n != 1 {
		t.Errorf("counted %v", n)
	}
}

func TestMail_NoneWasSent_StatusShowsIt(t *testing.T) {
	s := &scenario{T: t, metrics: prometheus.NewRegistry()}
	shown := telemetry.CountMails(s.metrics)
	shown(store.MailResetPassword, "retried", "timeout")
	for outcome, want := range map[string]int{"sent": len(store.MailKinds), "retried": 1} {
		if _, series := s.sum("account_operator_mails_total", outcome); series != want {
			t.Errorf("%s: %d series, want %d", outcome, series, want)
		}
	}
	if n, _ := s.sum("account_operator_mail_failures_total", "timeout"); n != 1 {
		t.Errorf("%v failures", n)
	}
}

// measures adds up the samples of a metric, of a histogram the number of what it has; those with this label's value, or all
// without one.
func (s *scenario) measures(name string, labelled ...string) float64 {
	s.Helper()
	sum, _ := s.sum(name, labelled...)
	return sum
}

func (s *scenario) sum(name string, labelled ...string) (sum float64, series int) {
	s.Helper()
	families, err := s.metrics.Gather()
	s.must(err)
	for _, f := range families {
		if f.GetName() != name {
			continue
		}
		for _, m := range f.GetMetric() {
			matches := len(labelled) == 0
			for _, l := range m.GetLabel() {
				matches = matches || l.GetValue() == labelled[0]
			}
			if matches {
				series++
				sum += m.GetCounter().GetValue() + m.GetGauge().GetValue() + float64(m.GetHistogram().GetSampleCount())
			}
		}
	}
	return sum, series
}
