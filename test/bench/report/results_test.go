package report

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestPercentile_Value_WasMeasured(t *testing.T) {
	hundred := make([]float64, 100)
	for n := range hundred {
		hundred[n] = float64(100 - n) // in no order
	}
	for _, c := range []struct {
		of   []float64
		p    float64
		want float64
	}{
		{hundred, 50, 50}, {hundred, 99, 99}, {hundred, 100, 100}, {hundred[80:], 99, 20}, {hundred[99:], 50, 1}, {nil, 50, 0},
	} {
		if got := Percentile(c.of, c.p); got != c.want {
			t.Errorf("percentile %v of %d values = %v, want %v", c.p, len(c.of), got, c.want)
		}
	}
}

func TestCell_Values_ShowsTheMiddleAndTheEnds(t *testing.T) {
	for want, values := range map[string][]float64{
		"-": nil, "7.0": {7}, "2.0 (1.0-9.0)": {9, 1, 2}, "2.5 (1.0-9.0)": {9, 1, 2, 3},
	} {
		if got := cell(values, "%.1f"); got != want {
			t.Errorf("%v is shown as %q, want %q", values, got, want)
		}
	}
}

func of(subject string, policy bool, objects int) Case {
	return Case{Variant{subject, SQLite, policy}, objects}
}

// results has one case with one metric.
func results(c Case, metric string, values ...float64) *Results {
	r := &Results{}
	r.Add(c, Sample{metric: values})
	return r
}

// twoRuns are of a floor and a manager.
func twoRuns() *Results {
	r := &Results{}
	for _, rate := range []float64{100, 300} {
		r.Add(of(Floor, false, 5), Sample{"apply/rate": {rate}, "requests/get secrets": {1}})
		r.Add(of(Manager, false, 5), Sample{"apply/rate": {rate / 2}, "requests/get secrets": {1}, "requests/get namespaces": {0.001}})
	}
	return r
}

func TestReport_Manager_IsComparedWithTheFloor(t *testing.T) {
	text := twoRuns().Markdown()
	for _, line := range []string{
		"| floor, SQLite | 5 | 2 | 200 (100-300) |  | - |",
		"| manager, SQLite | 5 | 2 | 100 (50-150) | 0.50 | - |",
		"| manager, SQLite | 5 | get secrets 1.00 |",
	} {
		if !strings.Contains(text, line) {
			t.Errorf("the report lacks %q:\n%s", line, text)
		}
	}
	for _, never := range []string{"PostgreSQL |", "NaN", "## Quiet", "## Growth"} {
		if _, below, _ := strings.Cut(text, "## Apply"); strings.Contains(below, never) {
			t.Errorf("the report shows what was not measured, %q:\n%s", never, text)
		}
	}
}

func TestGrowth_Cost_IsAMultipleOfThatAmongTheFewest(t *testing.T) {
	r := &Results{}
	r.Add(of(Manager, true, 4096), Sample{"apply/rate": {100}, "apply/cpu": {3}, "apply/memory": {8}})
	r.Add(of(Manager, true, 1024), Sample{"apply/rate": {200}, "apply/cpu": {2}, "apply/memory": {4}})
	want := "| manager, SQLite, policy | 4096, of 1024 | 10.00 | 2.00 | 3.00 | 1.50 | 2.00 | 0.50 |"
	if text := r.Markdown(); !strings.Contains(text, want) {
		t.Errorf("the report lacks %q:\n%s", want, text)
	}
}

func TestResults_Written_ForPeopleAndPrograms(t *testing.T) {
	out := filepath.Join(t.TempDir(), "benchmarks")
	if err := twoRuns().Write(out); err != nil {
		t.Fatal(err)
	}
	r, err := Read(out + ".json")
	if err != nil {
		t.Fatal(err)
	}
	if got := r.Of(of(Manager, false, 5), "apply/rate"); len(got) != 2 || got[1] != 150 {
		t.Errorf("read back: %v", got)
	}
	if _, err := os.Stat(out + ".md"); err != nil {
		t.Error(err)
	}
}

func TestResults_WithoutSizes_AreRefused(t *testing.T) {
	path := filepath.Join(t.TempDir(), "old.json")
	old := `{"objects": 1000, "results": [{"subject": "manager", "store": "sqlite", "metrics": {"apply/rate": [1]}}]}`
	if err := os.WriteFile(path, []byte(old), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := Read(path); err == nil || !strings.Contains(err.Error(), "older benchmark") {
		t.Errorf("reading a file of before there were sizes: %v", err)
	}
}
