package reader_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/testutil"

	"github.com/account-operator/account-operator/internal/reader"
	"github.com/account-operator/account-operator/internal/store"
	"github.com/account-operator/account-operator/test/await"
)

// Given requests of every sort, when metrics are read, then they have what was answered and why, what was given, who waits and what the store failed; and nothing
// of a request.
func TestMetrics_Requests_AreCountedByWhatTheyAskFor(t *testing.T) {
	registry := prometheus.NewRegistry()
	s := newScene(t, func(o *reader.Options) { o.Metrics = reader.NewMetrics(registry) })
	_, key := s.key([]string{store.RightEnv, store.RightChanges})
	env := "/v1/accounts/" + s.alice + "/env"
	tag := s.ask(http.MethodGet, env, key).header.Get("ETag")
	s.ask(http.MethodGet, env, key, "If-None-Match", tag)
	s.ask(http.MethodGet, env+"/TOKEN", key)
	s.ask(http.MethodGet, env, "aok_canary")
	s.ask(http.MethodPost, env, key)
	s.ask(http.MethodGet, "/canary", key)
	waits := s.waits(key, s.begun(key))
	await.Value(t, s.until(func() bool { return s.reader.Waiting() == 1 }))
	s.counts(registry, "account_operator_reader_waiting", "1")
	s.set("alice", "TOKEN", "another")
	await.Value(t, waits)
	s.sql(`ALTER TABLE env_vars RENAME TO lost`)
	s.ask(http.MethodGet, env, key)
	for metric, want := range map[string]string{
		"account_operator_reader_requests_total": `{route="changes",status="2xx"} 2
{route="env",status="2xx"} 1
{route="env",status="3xx"} 1
{route="env",status="4xx"} 2
{route="env",status="5xx"} 1
{route="none",status="4xx"} 1
{route="variable",status="2xx"} 1`,
		"account_operator_reader_refused_total": `{reason="not-found"} 1
{reason="unauthorized"} 1
{reason="unavailable"} 1
{reason="wrong-method"} 1`,
		"account_operator_reader_reads_total": "2",
		"account_operator_reader_waiting":     "0",
		"account_operator_reader_store_errors_total": `{op="changes"} 0
{op="count_reads"} 0
{op="create_token"} 0
{op="read"} 1
{op="revision"} 0
{op="token"} 0
{op="valid_keys"} 0`,
	} {
		s.counts(registry, metric, want)
	}
	if log := s.log.String(); strings.Count(log, "the store does not answer readers") != 1 {
		t.Errorf("the log: %s", log)
	}
}

// counts compares a metric, series by series.
func (s *scene) counts(registry *prometheus.Registry, metric, want string) {
	s.Helper()
	families, err := registry.Gather()
	s.must(err)
	for _, family := range families {
		if family.GetName() != metric {
			continue
		}
		head := "# HELP " + metric + " " + family.GetHelp() + "\n# TYPE " + metric + " " + strings.ToLower(family.GetType().String()) + "\n"
		for line := range strings.Lines(want) {
			if strings.HasPrefix(line, "{") {
				head += metric + line
			} else {
				head += metric + " " + line
			}
		}
		if err := testutil.GatherAndCompare(registry, strings.NewReader(head+"\n"), metric); err != nil {
			s.Error(err)
		}
		return
	}
	s.Errorf("there is no %s", metric)
}
