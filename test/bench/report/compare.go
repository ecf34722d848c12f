package report

import (
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"text/tabwriter"
)

// Compare writes a table a metric with what both results have, as benchstat does: medians with the least and the most
// beside them, and by how much the medians differ; "~" where that may be chance, because the ranges overlap. Three runs
// are too few for a test of significance. A single run has no range, so that its difference is always shown: n says so.
func Compare(w io.Writer, old, current *Results) error {
	for _, side := range []struct {
		name string
		of   *Results
	}{{"old", old}, {"new", current}} {
		fmt.Fprintf(w, "%s: commit %s, %s, %s\n", side.name, side.of.Commit, side.of.Date, side.of.Command)
	}
	if a, b := hardware(old.Machine), hardware(current.Machine); a != b {
		fmt.Fprintf(w, "The machines differ, so these numbers say little: %s; %s.\n", a, b)
	}
	columns := tabwriter.NewWriter(w, 0, 0, 3, ' ', 0)
	shared := false
	for _, metric := range metricsOf(old, current) {
		rows := compareMetric(metric, old, current)
		if len(rows) == 0 {
			continue
		}
		shared = true
		fmt.Fprintf(columns, "\n%s (%s)\told\tnew\tdelta\tn\n%s\n", metric.name, metric.title, strings.Join(rows, "\n"))
	}
	if !shared {
		return fmt.Errorf("the two have no measurement in common")
	}
	return columns.Flush()
}

// hardware is what has to be equal, if numbers shall be.
func hardware(m Machine) string {
	return fmt.Sprintf("%d cores, %.0f GiB, %s", m.Cores, m.MemoryGiB, m.System)
}

// metric has a name of programs and one of people.
type metric struct{ name, title, format string }

// metricsOf are those of the report in its order, then the others.
func metricsOf(results ...*Results) (all []metric) {
	others := map[string]bool{}
	for _, r := range results {
		for _, known := range r.Results {
			for name := range known.Metrics {
				others[name] = true
			}
		}
	}
	for _, t := range tables {
		for _, c := range t.columns {
			all = append(all, metric{c.metric, c.title, c.format})
			delete(others, c.metric)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(others)) {
		all = append(all, metric{name, "an object", "%.3f"})
	}
	return all
}

func compareMetric(m metric, old, current *Results) (rows []string) {
	for _, known := range current.ordered() {
		before, after := old.Of(known.Case, m.name), known.Metrics[m.name]
		if len(before) == 0 || len(after) == 0 {
			continue
		}
		rows = append(rows, fmt.Sprintf("%s-%d\t%s\t%s\t%s\t%d+%d", known.Name(), known.Objects,
			cell(before, m.format), cell(after, m.format), delta(before, after), len(before), len(after)))
	}
	return rows
}

// delta is the difference of the medians in percent of the old one.
func delta(before, after []float64) string {
	if slices.Min(before) <= slices.Max(after) && slices.Min(after) <= slices.Max(before) {
		return "~"
	}
	if median(before) == 0 {
		return "was 0"
	}
	return fmt.Sprintf("%+.1f%%", 100*(median(after)/median(before)-1))
}
