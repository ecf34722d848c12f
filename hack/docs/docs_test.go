package main

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

const root = "../.."

func TestPages_Generated_AreUpToDate(t *testing.T) {
	pages, err := made(root)
	if err != nil {
		t.Fatal(err)
	}
	for path, want := range pages {
		got, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(string(want), string(got)); diff != "" {
			t.Errorf("%s is not what it is made of; run make generate (-want +got):\n%s", path, diff)
		}
	}
}

func TestReasons_Unexplained_IsRefused(t *testing.T) {
	because := said{At: "`Ready=False`", Because: "It rains."}
	for name, c := range map[string]struct {
		declared []reason
		kept     map[string]said
		refused  string
	}{
		"explained":     {[]reason{{"Rain", "wait."}}, map[string]said{"Rain": because}, ""},
		"not explained": {[]reason{{"Rain", "wait."}}, map[string]said{}, "where and why Rain comes about"},
		"gone":          {nil, map[string]said{"Rain": because}, "Rain, which the code does not have"},
	} {
		_, err := sections(c.declared, c.kept)
		if (err != nil) != (c.refused != "") || err != nil && !strings.Contains(err.Error(), c.refused) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

var (
	metricName = regexp.MustCompile(`account_operator_\w+`)
	suffix     = regexp.MustCompile(`_(bucket|sum|count)$`)
)

// A query of a metric that is not there says nothing, for ever.
func TestAlertsAndDashboard_Metrics_Exist(t *testing.T) {
	all, err := metrics()
	if err != nil {
		t.Fatal(err)
	}
	var known, shown []string
	for _, m := range all {
		known = append(known, m.name)
	}
	for _, file := range []string{"alerts.yaml", "alerts_test.yaml", "dashboard.json"} {
		text, err := os.ReadFile(filepath.Join(root, "config/monitoring", file))
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range metricName.FindAllString(string(text), -1) {
			if name = suffix.ReplaceAllString(name, ""); !slices.Contains(known, name) {
				t.Errorf("%s asks for %s, which no manager has", file, name)
			}
			if file == "dashboard.json" {
				shown = append(shown, name)
			}
		}
	}
	for _, name := range known {
		if !slices.Contains(shown, name) {
			t.Errorf("the dashboard does not show %s", name)
		}
	}
}
