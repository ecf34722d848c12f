package e2e_test

import (
	"context"
	"encoding/json"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/utils/ptr"

	"github.com/account-operator/account-operator/api/v1alpha1"
	"github.com/account-operator/account-operator/test/manager"
	"github.com/account-operator/account-operator/test/port"
	"github.com/account-operator/account-operator/test/smtp"
)

// workingDay has a manager do a bit of everything that its metrics and logs report, and tapes it before and after.
func (s *scene) workingDay(r *tape) *manager.Manager {
	s.Helper()
	mails, err := smtp.Start(smtp.Options{})
	s.must(err)
	s.Cleanup(func() { s.must(mails.Stop()) })
	readers, err := port.Free(s.Context())
	s.must(err)
	pages, err := port.Free(s.Context())
	s.must(err)
	m := s.observed(s.as("manager"), append(s.mailsTo(mails), "--reader-bind-address="+readers, "--portal-bind-address="+pages, "--account-api")...)
	s.scrapes(m, "account_operator_leading_epoch")
	s.answers(pages, "/", http.StatusOK)
	s.answers(pages, "/api/v0/users/current", http.StatusForbidden) // no key
	s.recordHealth(r, m)

	s.withToken()
	s.rotate()
	s.isRead(readers)
	tried := connection("bucket", "alice", "keys")
	tried.Spec.Verification = ""
	tried.Spec.AmazonS3.Endpoint = ptr.To("https://127.0.0.1:1") // where the manager may not go
	lacking := envVarSet("lacking", "alice", "absent", "TOKEN")
	reset := &v1alpha1.AccountAction{ObjectMeta: named("reset"), Spec: v1alpha1.AccountActionSpec{
		AccountRef: v1alpha1.AccountReference{Name: "alice"}, Type: v1alpha1.ActionSendPasswordReset,
	}}
	bob := account("bob")
	s.create(credentials("keys"), tried, lacking, reset, bob)
	s.becomesReady(tried, bob)
	s.becomes(lacking, metav1.ConditionFalse, v1alpha1.ReasonSourceMissing)
	s.foreign(`DELETE FROM env_vars WHERE name = 'TOKEN'`) // and it is put back
	s.foreign(`INSERT INTO machines (id, account_id) SELECT 'm-1', id FROM accounts WHERE email = 'bob@example.com'`)
	s.delete(bob)
	s.becomes(bob, metav1.ConditionFalse, v1alpha1.ReasonDeletionBlocked)
	s.exceeds(m, 0, "account_operator_drift_detected_total", "")
	s.rotate() // once more: a pass that the account woke may have found the first one before its event came
	for metric, label := range map[string]string{
		"account_operator_probes_total": "", "account_operator_actions_total": "", "account_operator_drift_detected_total": "",
		"account_operator_mails_total": `outcome="sent"`, "account_operator_deletion_blocked": "", "account_operator_sync_latency_seconds_count": `kind="EnvVarSet"`,
	} {
		s.exceeds(m, 0, metric, label)
	}
	s.record(r, m)
	r.hold(1)
	return m
}

// answers asks for a page, or of the account API, as a proxy passes that on.
func (s *scene) answers(address, path string, status int) {
	s.Helper()
	s.eventually(func(ctx context.Context) string {
		request, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+address+path, nil)
		s.must(err)
		request.Host, request.Close = "accounts.example.com", true
		shown, err := http.DefaultClient.Do(request)
		if err != nil {
			return err.Error()
		}
		if s.must(shown.Body.Close()); shown.StatusCode != status {
			return shown.Status
		}
		return ""
	})
}

// later are metrics that begin so late that no test waits for them, or not on a good day.
var later = map[string]string{
	"account_operator_orphaned_claims":                      "claims without an object are looked for after five minutes",
	"account_operator_mail_failures_total":                  "no mail fails on a good day",
	"account_operator_mail_waiting_since_timestamp_seconds": "none waits either",
}

// Grafana is not here to draw it, but Prometheus' own engine answers each query of the dashboard on a real manager's metrics.
func TestDashboard_WorkingDay_IsShownOnEachPanel(t *testing.T) {
	t.Parallel()
	s, r := newScene(t, sqlite), &tape{}
	s.workingDay(r)

	var questions []query
	for title, queries := range panels(t) {
		for _, q := range queries {
			if strings.Contains(filled(q), "$") {
				t.Errorf("%s: a variable that the dashboard does not have: %s", title, q)
			}
			if !begins(q) {
				questions = append(questions, query{"count(" + filled(q) + ") > bool 0", r.length(), []sample{{"{}", 1}}})
			}
		}
	}
	if len(questions) < 20 {
		t.Fatalf("void: only %d queries were found", len(questions))
	}
	r.asks(t, questions...)
}

// filled is a query of the dashboard with its variables set, as Grafana does.
func filled(query string) string {
	return strings.NewReplacer("$job", job, "$__rate_interval", "5m").Replace(query)
}

func begins(query string) bool {
	for metric := range later {
		if strings.Contains(query, metric) {
			return true
		}
	}
	return false
}

// panels are the queries of the dashboard, by the title of their panel.
func panels(t *testing.T) map[string][]string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(monitoring, "dashboard.json"))
	if err != nil {
		t.Fatal(err)
	}
	var dashboard struct {
		Panels []struct {
			ID         int
			Type       string
			Title      string
			Datasource struct{ UID string }
			Targets    []struct{ Expr string }
		}
	}
	if err := json.Unmarshal(text, &dashboard); err != nil {
		t.Fatal(err)
	}
	queries, ids := map[string][]string{}, map[int]bool{}
	for _, p := range dashboard.Panels {
		if ids[p.ID] || p.Type != "row" && (p.Datasource.UID != "${datasource}" || len(p.Targets) == 0) {
			t.Errorf("%q has an ID that is taken, another data source than the dashboard's, or no query", p.Title)
		}
		ids[p.ID] = true
		for _, target := range p.Targets {
			queries[p.Title] = append(queries[p.Title], target.Expr)
		}
	}
	return queries
}

var typeLine = regexp.MustCompile(`(?m)^# TYPE (account_operator_\w+) (\w+)$`)

func TestMetrics_OfAManager_AreAsDocumented(t *testing.T) {
	t.Parallel()
	s := newScene(t, sqlite)
	m := s.workingDay(&tape{})

	served, err := m.Metrics(s.Context())
	s.must(err)
	metrics, err := documented("metrics.md")
	s.must(err)
	for _, found := range typeLine.FindAllStringSubmatch(served, -1) {
		line := regexp.MustCompile("`" + found[1] + "(\\{[a-z,]+\\})?` \\| " + found[2] + " \\|")
		if !line.MatchString(metrics) {
			t.Errorf("docs/metrics.md does not have %s as a %s", found[1], found[2])
		}
	}
}

func documented(page string) (string, error) {
	text, err := os.ReadFile(filepath.Join("../../docs", page))
	return string(text), err
}
