package report

import (
	"strings"
	"testing"
)

// compared has runs of spaces as one.
func compared(t *testing.T, old, current *Results) string {
	t.Helper()
	var b strings.Builder
	if err := Compare(&b, old, current); err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(b.String(), "\n")
	for n := range lines {
		lines[n] = strings.Join(strings.Fields(lines[n]), " ")
	}
	return strings.Join(lines, "\n")
}

func TestCompare_Difference_IsDistinguishedFromChance(t *testing.T) {
	c := of(Manager, true, 1000)
	for name, tt := range map[string]struct {
		old, current []float64
		want         string
	}{
		"apart":        {[]float64{100, 90, 110}, []float64{150, 140, 160}, "100 (90-110) 150 (140-160) +50.0% 3+3"},
		"worse":        {[]float64{100, 90, 110}, []float64{50, 40, 60}, "100 (90-110) 50 (40-60) -50.0% 3+3"},
		"overlapping":  {[]float64{100, 90, 110}, []float64{120, 105, 130}, "100 (90-110) 120 (105-130) ~ 3+3"},
		"touching":     {[]float64{100, 90, 110}, []float64{120, 110, 130}, "100 (90-110) 120 (110-130) ~ 3+3"},
		"one run each": {[]float64{100}, []float64{101}, "100 101 +1.0% 1+1"},
		"equal":        {[]float64{100}, []float64{100}, "100 100 ~ 1+1"},
		"from nothing": {[]float64{0}, []float64{3}, "0 3 was 0 1+1"},
	} {
		t.Run(name, func(t *testing.T) {
			got := compared(t, results(c, "apply/rate", tt.old...), results(c, "apply/rate", tt.current...))
			if want := "manager/sqlite/policy-1000 " + tt.want; !strings.Contains(got, "\napply/rate (objects/s) old new delta n\n"+want) {
				t.Errorf("want %q in:\n%s", want, got)
			}
		})
	}
}

func TestCompare_MeasuredByOneOnly_IsLeftOut(t *testing.T) {
	old, current := results(of(Manager, true, 1000), "apply/rate", 100), results(of(Manager, true, 1000), "apply/rate", 200)
	old.Add(of(Manager, true, 5000), Sample{"apply/rate": {1}})
	current.Add(of(Floor, true, 1000), Sample{"apply/rate": {1}})
	current.Add(of(Manager, true, 1000), Sample{"delete/rate": {1}})
	got := compared(t, old, current)
	if strings.Contains(got, "5000") || strings.Contains(got, "floor") || strings.Contains(got, "delete/rate") {
		t.Errorf("what only one side has is shown:\n%s", got)
	}
	if err := Compare(&strings.Builder{}, old, results(of(Floor, true, 1), "apply/rate", 1)); err == nil {
		t.Error("two that have nothing in common are compared")
	}
}

func TestCompare_AnotherMachine_IsPointedOut(t *testing.T) {
	old, current := results(of(Manager, true, 1), "apply/rate", 1), results(of(Manager, true, 1), "apply/rate", 1)
	if got := compared(t, old, current); strings.Contains(got, "machines differ") {
		t.Errorf("the same machine is another:\n%s", got)
	}
	current.Machine.Cores = 64
	if got := compared(t, old, current); !strings.Contains(got, "machines differ") {
		t.Errorf("nothing is said of:\n%s", got)
	}
}

func TestCompare_MetricsOfNoTable_AreCompared(t *testing.T) {
	c := of(Manager, true, 1000)
	got := compared(t, results(c, "requests/get secrets", 2), results(c, "requests/get secrets", 1))
	if !strings.Contains(got, "2.000 1.000 -50.0% 1+1") {
		t.Errorf("a saved request does not show:\n%s", got)
	}
}
