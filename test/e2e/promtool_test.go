package e2e_test

import (
	"bufio"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"

	"go.yaml.in/yaml/v3"

	"github.com/account-operator/account-operator/test/manager"
)

const (
	monitoring = "../../config/monitoring"
	job        = "account-operator-metrics"
)

// promtool is Prometheus' own engine for rules and queries, built from its module.
var promtool = sync.OnceValues(func() (string, error) {
	path, err := filepath.Abs("../../hack/promtool/bin/promtool")
	if err != nil {
		return "", err
	}
	build := exec.Command("make", "-C", "../..", "promtool")
	if out, err := build.CombinedOutput(); err != nil {
		return "", fmt.Errorf("building promtool: %w\n%s", err, out)
	}
	return path, nil
})

// asksPromtool runs promtool, which has to be content.
func asksPromtool(t *testing.T, args ...string) {
	t.Helper()
	path, err := promtool()
	if err != nil {
		t.Fatal(err)
	}
	if out, err := exec.CommandContext(t.Context(), path, args...).CombinedOutput(); err != nil {
		t.Errorf("promtool %s: %v\n%s", strings.Join(args, " "), err, out)
	}
}

// tape is what a manager's metrics were: pages as they were scraped. Each stands for a minute, however long it took, so that
// an alert that waits for an hour need not be waited for.
type tape struct{ minutes []map[string]string }

// record scrapes a manager.
func (s *scene) record(r *tape, m *manager.Manager) {
	s.Helper()
	page, err := m.Metrics(s.Context())
	s.must(err)
	minute := map[string]string{}
	for lines := bufio.NewScanner(strings.NewReader(page)); lines.Scan(); {
		if sample := sampleLine.FindStringSubmatch(lines.Text()); sample != nil {
			minute[labelled(sample[1], strings.Trim(sample[2], "{}"))] = sample[3]
		}
	}
	if len(minute) == 0 {
		s.Fatalf("void: the manager has no metrics:\n%s", page)
	}
	r.minutes = append(r.minutes, minute)
}

var sampleLine = regexp.MustCompile(`^(\w+)(\{.*\})? (\S+)$`)

// labelled is a series as Prometheus would keep it.
func labelled(name, labels string) string {
	return fmt.Sprintf(`%s{%s}`, name, strings.Trim(labels+`,job="`+job+`",instance="manager"`, ","))
}

// hold goes on for some minutes as it is.
func (r *tape) hold(minutes int) {
	for range minutes {
		r.minutes = append(r.minutes, r.minutes[len(r.minutes)-1])
	}
}

func (r *tape) length() string { return fmt.Sprintf("%dm", len(r.minutes)-1) }

// The file that promtool test rules takes, as far as it is needed.
type (
	rulesTest struct {
		RuleFiles []string    `yaml:"rule_files"`
		Tests     []tapedTest `yaml:"tests"`
	}
	tapedTest struct {
		Interval string        `yaml:"interval"`
		Series   []tapedSeries `yaml:"input_series"`
		Queries  []query       `yaml:"promql_expr_test"`
	}
	tapedSeries struct {
		Series string `yaml:"series"`
		Values string `yaml:"values"`
	}
	query struct {
		Expr   string   `yaml:"expr"`
		At     string   `yaml:"eval_time"`
		Expect []sample `yaml:"exp_samples"`
	}
	sample struct {
		Labels string  `yaml:"labels"`
		Value  float64 `yaml:"value"`
	}
)

// series are the tape's samples. One that a scrape does not have any more is over, as it is for Prometheus.
func (r *tape) series() (all []tapedSeries) {
	names := map[string]bool{}
	for _, minute := range r.minutes {
		for name := range minute {
			names[name] = true
		}
	}
	for name := range names {
		values := make([]string, len(r.minutes))
		for i, minute := range r.minutes {
			values[i] = "stale"
			if v, there := minute[name]; there {
				values[i] = v
			}
		}
		all = append(all, tapedSeries{name, strings.Join(values, " ")})
	}
	slices.SortFunc(all, func(a, b tapedSeries) int { return strings.Compare(a.Series, b.Series) })
	return all
}

// asks has promtool put questions to the tape, with the alerts at work.
func (r *tape) asks(t *testing.T, questions ...query) {
	t.Helper()
	alerts, err := filepath.Abs(filepath.Join(monitoring, "alerts.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	text, err := yaml.Marshal(rulesTest{[]string{alerts}, []tapedTest{{"1m", r.series(), questions}}})
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "tape.yaml")
	if err := os.WriteFile(file, text, 0o600); err != nil {
		t.Fatal(err)
	}
	asksPromtool(t, "test", "rules", file)
}
