package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestAPercentileIsAValueThatWasMeasured(t *testing.T) {
	hundred := make([]float64, 100)
	for n := range hundred {
		hundred[n] = float64(n + 1)
	}
	for _, c := range []struct {
		of   []float64
		p    float64
		want float64
	}{
		{hundred, 50, 50}, {hundred, 99, 99}, {hundred, 100, 100}, {hundred[:20], 99, 20}, {hundred[:1], 50, 1}, {nil, 50, 0},
	} {
		if got := percentile(c.of, c.p); got != c.want {
			t.Errorf("percentile %v of %d values = %v, want %v", c.p, len(c.of), got, c.want)
		}
	}
}

func TestACellShowsTheMiddleAndTheEnds(t *testing.T) {
	for want, values := range map[string][]float64{
		"-": nil, "7.0": {7}, "2.0 (1.0-9.0)": {9, 1, 2}, "2.5 (1.0-9.0)": {9, 1, 2, 3},
	} {
		if got := cell(values, "%.1f"); got != want {
			t.Errorf("%v is shown as %q, want %q", values, got, want)
		}
	}
}

// measured are two runs on SQLite.
func measured() *results {
	r := &results{Runs: 2, Objects: 5}
	floor, manager := variant{subjectFloor, sqlite, false}, variant{subjectManager, sqlite, false}
	for _, rate := range []float64{100, 300} {
		r.add(floor, sample{"apply/rate": rate, "requests/get secrets": 1})
		r.add(manager, sample{"apply/rate": rate / 2, "requests/get secrets": 1, "requests/get namespaces": 0.001})
	}
	return r
}

func TestTheReportComparesTheManagerWithTheFloor(t *testing.T) {
	text := measured().report()
	for _, line := range []string{
		"5 EnvVarSets of 10 variables each",
		"| floor, SQLite | 200 (100-300) |  | - |",
		"| manager, SQLite | 100 (50-150) | 0.50 | - |",
		"| manager, SQLite | get secrets 1.00 |",
	} {
		if !strings.Contains(text, line) {
			t.Errorf("the report lacks %q:\n%s", line, text)
		}
	}
	if strings.Contains(text, "PostgreSQL |") || strings.Contains(text, "NaN") {
		t.Errorf("the report shows what was not measured:\n%s", text)
	}
}

func TestResultsAreWrittenForPeopleAndPrograms(t *testing.T) {
	out := filepath.Join(t.TempDir(), "benchmarks")
	if err := measured().write(out); err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(out + ".json")
	if err != nil {
		t.Fatal(err)
	}
	var read results
	if err := json.Unmarshal(text, &read); err != nil {
		t.Fatal(err)
	}
	got := read.of(variant{subjectManager, sqlite, false}, "apply/rate")
	if len(got) != 2 || got[1] != 150 {
		t.Errorf("read back: %v", got)
	}
	if _, err := os.Stat(out + ".md"); err != nil {
		t.Error(err)
	}
}
