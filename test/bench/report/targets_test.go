package report

import (
	"strings"
	"testing"
)

// row finds the row of the targets that begins like this.
func row(t *testing.T, r *Results, what string) string {
	t.Helper()
	for line := range strings.Lines(r.Markdown()) {
		if strings.HasPrefix(line, "| "+what+" |") {
			return line
		}
	}
	t.Fatalf("there is no target %q", what)
	return ""
}

func TestTarget_AtItsBound_IsReached(t *testing.T) {
	for value, want := range map[float64]string{
		220: "| 220, reached | not measured |", 219: "| 219, **not reached** | not measured |",
	} {
		r := results(of(Manager, true, 5000), "apply/rate", value)
		if got := row(t, r, "apply 5,000, objects/s"); !strings.Contains(got, want) {
			t.Errorf("%v objects/s: %s", value, got)
		}
	}
	for value, want := range map[float64]string{0: "| 0, reached |", 1: "| 1, **not reached** |"} {
		r := results(of(Manager, true, 5000), "restart/writes", value)
		if got := row(t, r, "restart, API writes"); !strings.Contains(got, want) {
			t.Errorf("%v writes: %s", value, got)
		}
	}
}

func TestTarget_BesideTheFloor_NeedsTheFloor(t *testing.T) {
	const what = "apply 1,000, objects/s, of the floor"
	r := results(of(Manager, false, 1000), "apply/rate", 90)
	if got := row(t, r, what); !strings.Contains(got, "| not measured | not measured |") {
		t.Errorf("without the floor: %s", got)
	}
	r.Add(of(Floor, false, 1000), Sample{"apply/rate": {100}})
	if got := row(t, r, what); !strings.Contains(got, "| 0.90, reached |") {
		t.Errorf("with the floor: %s", got)
	}
}

func TestTarget_OfGrowth_ComparesWithAThousand(t *testing.T) {
	r := &Results{}
	r.Add(of(Manager, true, 5000), Sample{"apply/rate": {150}, "apply/cpu": {1}, "apply/memory": {1}})
	r.Add(of(Manager, true, 1000), Sample{"apply/rate": {200, 100, 300}, "apply/cpu": {1}, "apply/memory": {1}})
	if got := row(t, r, "apply 5,000, objects/s, of those at 1,000"); !strings.Contains(got, "| 0.75, **not reached** |") {
		t.Error(got)
	}
}
