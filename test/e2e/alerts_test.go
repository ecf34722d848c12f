package e2e_test

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"
)

func TestAlerts_Rules_PassPromtool(t *testing.T) {
	t.Parallel()
	asksPromtool(t, "check", "rules", "--lint=all", "--lint-fatal", filepath.Join(monitoring, "alerts.yaml"))
	asksPromtool(t, "test", "rules", filepath.Join(monitoring, "alerts_test.yaml"))
}

// ordeal is what has to happen for an alert to be right: it tapes a manager before, and then while something is wrong.
type ordeal func(s *scene, r *tape) trouble

// Every alert fires on the metrics of a real manager to which happens what the alert is for, and no other alert does. Before,
// none fires. Whoever it wakes follows its page, command by command, to the cause and the cure; then none fires any more.
func TestAlerts_RealManager_EachFires(t *testing.T) {
	ordeals := map[string]struct {
		dialect string
		ordeal  ordeal
	}{
		"AccountOperatorNotLeading":      {postgreSQL, strangerHoldsTheLease},
		"AccountOperatorLeadChanges":     {postgreSQL, managersFightForTheLead},
		"AccountOperatorStorePutBack":    {postgreSQL, storeIsPutBack},
		"AccountOperatorStoreFailing":    {postgreSQL, storeIsOutOfReach},
		"AccountOperatorReadersFailing":  {postgreSQL, readersAreRefused},
		"AccountOperatorAPIErrors":       {sqlite, rightIsTakenAway},
		"AccountOperatorSyncSlow":        {postgreSQL, storeIsAwayForAMoment},
		"AccountOperatorMailsStuck":      {sqlite, mailServerRefuses},
		"AccountOperatorDeletionBlocked": {sqlite, machineRuns},
	}
	for _, alert := range alertNames(t) {
		if _, tried := ordeals[alert]; !tried {
			t.Errorf("nobody tries %s on a real manager", alert)
		}
	}
	for alert, c := range ordeals {
		t.Run(alert, func(t *testing.T) {
			t.Parallel()
			s, r := newScene(t, c.dialect), &tape{}
			const firing = `group by (alertname) (ALERTS{alertstate="firing"})`
			found := c.ordeal(s, r)
			questions := []query{
				{firing, fmt.Sprintf("%dm", health), []sample{}},
				{firing, r.length(), []sample{{fmt.Sprintf("{alertname=%q}", alert), 1}}},
			}
			if found.panel != "" {
				shows := fmt.Sprintf(`count by (code) (%s > 0)`, filled(panels(t)[found.panel][0]))
				questions = append(questions, query{shows, fmt.Sprintf("%dm", health+3), []sample{{`{code="error"}`, 1}, {`{code="ok"}`, 1}}})
			}
			s.record(r, s.onCall(alert, found))
			r.hold(found.late)
			r.asks(t, append(questions, query{firing, r.length(), []sample{}})...)
		})
	}
}

// panelName is how runbooks write the title of a panel.
var panelName = regexp.MustCompile(`[^*]\*([A-Z][^*\n]*)\*[^*]`)

// An alert without a page leaves whoever it wakes alone.
func TestAlerts_Each_HasARunbook(t *testing.T) {
	t.Parallel()
	pages, err := filepath.Glob("../../docs/runbooks/AccountOperator*.md")
	if err != nil {
		t.Fatal(err)
	}
	alerts, shown := alertNames(t), panels(t)
	for _, page := range pages {
		if name := strings.TrimSuffix(filepath.Base(page), ".md"); !slices.Contains(alerts, name) {
			t.Errorf("%s is of no alert", page)
		}
	}
	for _, name := range alerts {
		text, err := os.ReadFile("../../docs/runbooks/" + name + ".md")
		if errors.Is(err, fs.ErrNotExist) {
			t.Errorf("%s has no runbook", name)
			continue
		}
		for _, section := range []string{"## What it means", "## What it costs", "## Where to look", "## What to do"} {
			if !strings.Contains(string(text), section) {
				t.Errorf("the runbook of %s has no %q", name, section)
			}
		}
		for _, panel := range panelName.FindAllStringSubmatch(string(text), -1) {
			if shown[panel[1]] == nil {
				t.Errorf("the runbook of %s leads to a panel %q, which the dashboard does not have", name, panel[1])
			}
		}
	}
}

// alertNames are those of config/monitoring.
func alertNames(t *testing.T) (names []string) {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(monitoring, "alerts.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	var file struct {
		Groups []struct {
			Rules []struct {
				Alert       string            `yaml:"alert"`
				Annotations map[string]string `yaml:"annotations"`
			} `yaml:"rules"`
		} `yaml:"groups"`
	}
	if err := yaml.Unmarshal(text, &file); err != nil {
		t.Fatal(err)
	}
	for _, rule := range file.Groups[0].Rules {
		names = append(names, rule.Alert)
		if page := "/docs/runbooks/" + rule.Alert + ".md"; !strings.HasSuffix(rule.Annotations["runbook_url"], page) {
			t.Errorf("%s leads to %s and not to its page", rule.Alert, rule.Annotations["runbook_url"])
		}
	}
	return names
}
