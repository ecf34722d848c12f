package report

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// Variables of each set.
const Variables = 10

// PerObject begins the metrics of what the API server was asked while all were applied.
const PerObject = "requests/"

// Markdown is the report for people.
func (r *Results) Markdown() string {
	b := &strings.Builder{}
	fmt.Fprintf(b, "# Benchmarks\n\nWritten by `%s`, do not edit; it ran on %s, commit %s, and took %s.\n\n", r.Command, r.Date, r.Commit, r.Took)
	if r.Note != "" {
		fmt.Fprintf(b, "**%s**\n\n", r.Note)
	}
	fmt.Fprintf(b, "So many EnvVarSets of %d variables each, from as many Secrets, on as many Accounts. A number of several runs is\n"+
		"their median (least-most); one without parentheses is of a single run.\n", Variables)
	fmt.Fprintf(b, "The machine: %v. The API server, etcd, the store and what makes the load run on the same cores.\n\n", r.Machine)
	b.WriteString("Everything writes to the disk as in production: etcd and PostgreSQL with fsync, SQLite with `synchronous=FULL`.\n" +
		"The manager runs with the flags of its Deployment and its ServiceAccount's rights. *Floor* is a bare controller\n" +
		"([test/bench/floor](../test/bench/floor)) that does what every operator has to: the finalizer, one read of the Secret, one\n" +
		"transaction, one patch of status (the manager updates it, which costs less); no sealing, no claims, no record of what was\n" +
		"done. Numbers of one machine mean little; ratios to the floor mean more. With the *policy*, admission puts the finalizer, which saves a write.\n" +
		"Renewals of the Lease are not counted. A run in which an object did not become Ready, or an update was not seen, is void\n" +
		"and leaves no report. `make bench-compare OLD=a.json NEW=b.json` compares two of them.\n")
	r.targets(b)
	for _, t := range tables {
		r.table(b, t)
	}
	r.growth(b)
	r.requests(b)
	return b.String()
}

// ordered are the results by size, each size in the order of measuring.
func (r *Results) ordered() []Result {
	return slices.SortedStableFunc(slices.Values(r.Results), func(a, b Result) int { return cmp.Compare(a.Objects, b.Objects) })
}

func (r *Results) table(b *strings.Builder, t table) {
	titles := []string{"what", "objects", "runs"}
	for _, c := range t.columns {
		titles = append(titles, c.title)
		if c.ratio {
			titles = append(titles, "of the floor")
		}
	}
	var rows [][]string
	for _, known := range r.ordered() {
		if first := known.Metrics[t.columns[0].metric]; first != nil {
			rows = append(rows, append([]string{known.title(), fmt.Sprint(known.Objects), fmt.Sprint(len(first))}, r.cells(known, t)...))
		}
	}
	section(b, t.title, t.text, titles, rows)
}

func (r *Results) cells(of Result, t table) (cells []string) {
	for _, c := range t.columns {
		cells = append(cells, cell(of.Metrics[c.metric], c.format))
		if c.ratio {
			cells = append(cells, r.ratio(of.Case, c.metric))
		}
	}
	return cells
}

// section is a heading, a text and a table; nothing where there are no rows.
func section(b *strings.Builder, title, text string, titles []string, rows [][]string) {
	if len(rows) == 0 {
		return
	}
	fmt.Fprintf(b, "\n## %s\n\n%s\n\n| %s |\n|%s\n", title, text, strings.Join(titles, " | "), strings.Repeat(" --- |", len(titles)))
	for _, cells := range rows {
		fmt.Fprintf(b, "| %s |\n", strings.Join(cells, " | "))
	}
}

// ratio compares the manager with the floor on the same store; empty where one of them is missing.
func (r *Results) ratio(c Case, metric string) string {
	if times, known := r.ofTheFloor(c, metric); known {
		return fmt.Sprintf("%.2f", times)
	}
	return ""
}

func (r *Results) ofTheFloor(c Case, metric string) (times float64, known bool) {
	own, floor := r.Of(c, metric), r.Of(Case{Variant{Floor, c.Store, c.Policy}, c.Objects}, metric)
	if c.Subject == Floor || len(own) == 0 || len(floor) == 0 || median(floor) == 0 {
		return 0, false
	}
	return median(own) / median(floor), true
}

// growth shows what an object costs among many, as a multiple of what it costs among the fewest.
func (r *Results) growth(b *strings.Builder) {
	least := map[Variant]Result{}
	var rows [][]string
	for _, known := range r.ordered() {
		if known.Metrics["apply/rate"] == nil {
			continue
		}
		if _, has := least[known.Variant]; !has {
			least[known.Variant] = known
			continue
		}
		few := least[known.Variant]
		row := []string{known.title(), fmt.Sprintf("%d, of %d", known.Objects, few.Objects)}
		for n, cost := range known.costs() {
			row = append(row, fmt.Sprintf("%.2f", cost), fmt.Sprintf("%.2f", cost/few.costs()[n]))
		}
		rows = append(rows, row)
	}
	section(b, "Growth", "What an object costs as many are applied, and how many times as much that is as among the fewest.",
		[]string{"what", "objects", "time, ms", "times", "CPU, ms", "times", "peak memory, KiB", "times"}, rows)
}

// costs of an object while all are applied: milliseconds, milliseconds of CPU, KiB.
func (r Result) costs() [3]float64 {
	return [3]float64{
		1000 / median(r.Metrics["apply/rate"]),
		median(r.Metrics["apply/cpu"]),
		median(r.Metrics["apply/memory"]) * 1024 / float64(r.Objects),
	}
}

// requests lists what an applied object cost the API server.
func (r *Results) requests(b *strings.Builder) {
	var rows [][]string
	for _, known := range r.ordered() {
		var parts []string
		for _, metric := range slices.Sorted(maps.Keys(known.Metrics)) {
			what, is := strings.CutPrefix(metric, PerObject)
			if is && median(known.Metrics[metric]) >= 0.005 {
				parts = append(parts, fmt.Sprintf("%s %.2f", what, median(known.Metrics[metric])))
			}
		}
		rows = append(rows, []string{known.title(), fmt.Sprint(known.Objects), strings.Join(parts, ", ")})
	}
	section(b, "Requests", "What one object costs the API server while all are applied.", []string{"what", "objects", "requests an object"}, rows)
}
