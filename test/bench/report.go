package main

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// column is a metric in a table.
type column struct {
	title, metric, format string
	// ratio adds a column with the manager's median as a multiple of the floor's.
	ratio bool
}

// table is a part of the report.
type table struct {
	title, text string
	columns     []column
}

var tables = []table{
	{
		"Apply", "All sets are created at once, as fast as the API server takes them, until all are Ready.",
		[]column{
			{"objects/s", "apply/rate", "%.0f", true},
			{"CPU, ms an object", "apply/cpu", "%.2f", true},
			{"peak memory, MiB", "apply/memory", "%.0f", true},
			{"requests an object", "apply/requests", "%.2f", false},
			{"events an object", "apply/events", "%.2f", false},
		},
	},
	{
		"Rotation", "Secrets are updated at rest, one after the other; the time runs from the API server's answer until\n" +
			"another program sees the value in the store.",
		[]column{{"p50, ms", "rotation/p50", "%.1f", true}, {"p99, ms", "rotation/p99", "%.1f", true}},
	},
	{
		"Restart", "Of a process with everything settled (the manager looks after the Accounts as well), until all objects were\n" +
			"looked at. Store writes are those that the store's audit table records.",
		[]column{
			{"seconds", "restart/seconds", "%.2f", false},
			{"CPU, s", "restart/cpu", "%.2f", false},
			{"peak memory, MiB", "restart/memory", "%.0f", false},
			{"API requests", "restart/requests", "%.0f", false},
			{"API writes", "restart/writes", "%.0f", false},
			{"reads of Secrets", "restart/secrets", "%.0f", false},
			{"store writes", "restart/store", "%.0f", false},
		},
	},
	{
		"Quiet", "Nothing happens, with everything settled; a minute of it.",
		[]column{{"API requests", "quiet/requests", "%.1f", false}, {"CPU, ms", "quiet/cpu", "%.0f", false}},
	},
	{
		"Delete", "All sets are deleted at once, until all are gone.",
		[]column{{"objects/s", "delete/rate", "%.0f", true}},
	},
}

func (r *results) report() string {
	b := &strings.Builder{}
	fmt.Fprintf(b, "# Benchmarks\n\nWritten by `make bench`, do not edit. Here: `%s`, on %s, commit %s.\n\n", r.Command, r.Date, r.Commit)
	if r.Note != "" {
		fmt.Fprintf(b, "**%s**\n\n", r.Note)
	}
	fmt.Fprintf(b, "%d EnvVarSets of %d variables each, from as many Secrets, on as many Accounts. %s: %s.\n",
		r.Objects, variables, times(r.Runs), "median (least-most)")
	fmt.Fprintf(b, "The machine: %v. The API server, etcd, the store and what makes the load run on the same cores.\n\n", r.Machine)
	b.WriteString("Everything writes to the disk as in production: etcd and PostgreSQL with fsync, SQLite with `synchronous=FULL`.\n" +
		"The manager runs with the flags of its Deployment and its ServiceAccount's rights. *Floor* is a bare controller\n" +
		"([test/bench/floor](../test/bench/floor)) that does the least any operator could: the finalizer, one read of the Secret,\n" +
		"one transaction, one status; no sealing, no claims, no record of what was done. Numbers of one machine mean little;\n" +
		"ratios to the floor mean more. With the *policy*, admission puts the finalizer, which saves a write.\n" +
		"Renewals of the Lease are not counted.\n")
	for _, t := range tables {
		r.table(b, t)
	}
	r.requests(b)
	return b.String()
}

func times(n int) string {
	if n == 1 {
		return "One run"
	}
	return fmt.Sprintf("%d runs", n)
}

func (r *results) table(b *strings.Builder, t table) {
	fmt.Fprintf(b, "\n## %s\n\n%s\n\n|", t.title, t.text)
	titles := []string{"what"}
	for _, c := range t.columns {
		titles = append(titles, c.title)
		if c.ratio {
			titles = append(titles, "of the floor")
		}
	}
	fmt.Fprintf(b, " %s |\n|%s\n", strings.Join(titles, " | "), strings.Repeat(" --- |", len(titles)))
	for _, known := range r.Results {
		if known.Metrics[t.columns[0].metric] == nil {
			continue
		}
		cells := []string{known.title()}
		for _, c := range t.columns {
			cells = append(cells, cell(known.Metrics[c.metric], c.format))
			if c.ratio {
				cells = append(cells, r.ratio(known.variant, c.metric))
			}
		}
		fmt.Fprintf(b, "| %s |\n", strings.Join(cells, " | "))
	}
}

// ratio compares the manager with the floor on the same store.
func (r *results) ratio(v variant, metric string) string {
	floor := r.of(variant{subjectFloor, v.Store, v.Policy}, metric)
	if v.Subject == subjectFloor || len(floor) == 0 || median(floor) == 0 {
		return ""
	}
	return fmt.Sprintf("%.2f", median(r.of(v, metric))/median(floor))
}

func (v variant) title() string {
	title := v.Subject + ", SQLite"
	if v.Store == postgreSQL {
		title = v.Subject + ", PostgreSQL"
	}
	if v.Policy {
		title += ", policy"
	}
	return title
}

// requests lists what an applied object cost the API server.
func (r *results) requests(b *strings.Builder) {
	b.WriteString("\n## Requests\n\nWhat one object costs the API server while all are applied.\n\n| what | requests an object |\n| --- | --- |\n")
	for _, known := range r.Results {
		var parts []string
		for _, metric := range slices.Sorted(maps.Keys(known.Metrics)) {
			what, is := strings.CutPrefix(metric, "requests/")
			if is && median(known.Metrics[metric]) >= 0.005 {
				parts = append(parts, fmt.Sprintf("%s %.2f", what, median(known.Metrics[metric])))
			}
		}
		fmt.Fprintf(b, "| %s | %s |\n", known.title(), strings.Join(parts, ", "))
	}
}
