package report

import (
	"fmt"
	"strings"
)

// target is what the manager should reach, beside what others did of the same.
type target struct {
	what string
	// The two peers and the floor, as they were measured once on such a machine, before there was this benchmark.
	tuned, installed, bare string

	metric  string
	objects int
	policy  bool
	// of is what the measured median is divided by; by nothing: 1.
	of       divisor
	goal     goal
	format   string
	addition string // to the goal
}

// goal is a bound for what was measured.
type goal struct {
	most  bool // else least
	bound float64
}

func atLeast(bound float64) goal { return goal{false, bound} }
func atMost(bound float64) goal  { return goal{true, bound} }

func (g goal) reached(value float64) bool {
	if g.most {
		return value <= g.bound
	}
	return value >= g.bound
}

func (g goal) String() string {
	switch {
	case g.most && g.bound == 0:
		return "0"
	case g.most:
		return fmt.Sprintf("<= %v", g.bound)
	}
	return fmt.Sprintf(">= %v", g.bound)
}

// divisor is what a measured median is compared with.
type divisor int

const (
	nothing divisor = iota
	theFloor
	aThousand // the same with 1,000 objects
)

const (
	small  = 1000
	medium = 5000
)

var goals = []target{
	{"apply 1,000, objects/s, of the floor", "", "", "", "apply/rate", small, false, theFloor, atLeast(0.9), "%.2f", ""},
	{"apply 1,000, objects/s", "60-76", "11-17", "167 (PostgreSQL 151)", "apply/rate", small, true, nothing, atLeast(220), "%.0f", " with the policy"},
	{"the same, three times the tuned peer at its best", "76", "", "", "apply/rate", small, true, nothing, atLeast(3 * 76), "%.0f", " with the policy"},
	{"apply 5,000, objects/s, of the floor", "", "", "", "apply/rate", medium, false, theFloor, atLeast(0.9), "%.2f", ""},
	{"apply 5,000, objects/s", "61", "", "155", "apply/rate", medium, true, nothing, atLeast(220), "%.0f", " with the policy"},
	{"apply 5,000, objects/s, of those at 1,000", "", "", "", "apply/rate", medium, true, aThousand, atLeast(1), "%.2f", ""},
	{"API requests an object while applying", "5.0-8.6", "7-14", "3", "apply/requests", small, false, nothing, atMost(3), "%.3f", ""},
	{"API requests an object while applying", "", "", "", "apply/requests", small, true, nothing, atMost(2), "%.3f", " with the policy"},
	{"events an object while applying", "", "", "", "apply/events", small, true, nothing, atMost(1), "%.3f", ""},
	{"CPU, ms an object, 1,000", "5.8-8", "18-24", "1.8-1.9", "apply/cpu", small, true, nothing, atMost(2.5), "%.2f", ""},
	{"CPU, ms an object, 5,000", "", "", "", "apply/cpu", medium, true, nothing, atMost(2.5), "%.2f", ""},
	{"peak memory at 5,000, MiB", "221", "", "82", "apply/memory", medium, true, nothing, atMost(100), "%.0f", ""},
	{"rotation until stored, p50, ms", "4,871", "", "8.5", "rotation/p50", small, true, nothing, atMost(12), "%.1f", ""},
	{"rotation until stored, p99, ms", "9,965", "", "21", "rotation/p99", small, true, nothing, atMost(30), "%.1f", ""},
	{"one set for 1,000 accounts, last, seconds", "", "", "", "many/last", small, true, nothing, atMost(1), "%.2f", ""},
	{"reads of Secrets for that", "", "", "", "many/secrets", small, true, nothing, atMost(1), "%.0f", ""},
	{"API writes for that (status and event)", "", "", "", "many/writes", small, true, nothing, atMost(2), "%.0f", ""},
	{"one set for 40 accounts, p99, ms", "", "", "", "many/p99", small, true, nothing, atMost(30), "%.1f", ""},
	{"restart with 10,000 pairs, reads of Secrets", "", "", "", "many/restart-secrets", small, true, nothing, atMost(0), "%.0f", ""},
	{"restart with 10,000 pairs, writes of sets", "", "", "", "many/restart-writes", small, true, nothing, atMost(0), "%.0f", ""},
	{"restart, 5,000 settled, seconds", "15.7", "", "4.6", "restart/seconds", medium, true, nothing, atMost(2), "%.2f", ""},
	{"restart, API requests", "5,019", "", "5,004", "restart/requests", medium, true, nothing, atMost(20), "%.0f", ""},
	{"restart, API writes", "5,000", "", "0", "restart/writes", medium, true, nothing, atMost(0), "%.0f", ""},
	{"restart, rows written", "", "", "", "restart/rows", medium, true, nothing, atMost(0), "%.0f", ""},
	{"delete 1,000, objects/s, of the floor", "", "", "204 objects/s", "delete/rate", small, true, theFloor, atLeast(0.9), "%.2f", ""},
	{"quiet, 5,000 settled, requests a minute", "0 to 519", "", "0", "quiet/requests", medium, true, nothing, atMost(0), "%.1f", ""},
	{"quiet, 5,000 settled, CPU, ms a minute", "", "", "0", "quiet/cpu", medium, true, nothing, atMost(0), "%.0f", ""},
}

// targets shows what should be reached, and whether it is.
func (r *Results) targets(b *strings.Builder) {
	var rows [][]string
	for _, t := range goals {
		rows = append(rows, []string{
			t.what, t.tuned, t.installed, t.bare, t.goal.String() + t.addition, r.verdict(t, SQLite), r.verdict(t, PostgreSQL),
		})
	}
	section(b, "Targets",
		"The peer is a well-known operator that pushes Secrets outward, tuned (concurrency 16, client limits raised) and as\n"+
			"installed. It and the bare controller of the fourth column were measured once, by other means, on a machine like this one;\n"+
			"they only say where the targets come from. The last two columns are from this report.",
		[]string{"what", "tuned peer", "peer as installed", "bare controller", "to reach", "SQLite", "PostgreSQL"}, rows)
}

func (r *Results) verdict(t target, store string) string {
	value, known := r.measured(t, Case{Variant{Manager, store, t.policy}, t.objects})
	switch {
	case !known:
		return "not measured"
	case t.goal.reached(value):
		return fmt.Sprintf(t.format+", reached", value)
	default:
		return fmt.Sprintf(t.format+", **not reached**", value)
	}
}

func (r *Results) measured(t target, c Case) (value float64, known bool) {
	values := r.Of(c, t.metric)
	switch {
	case len(values) == 0:
		return 0, false
	case t.of == theFloor:
		return r.ofTheFloor(c, t.metric)
	case t.of == aThousand:
		few := r.Of(Case{c.Variant, small}, t.metric)
		if len(few) == 0 {
			return 0, false
		}
		return median(values) / median(few), true
	}
	return median(values), true
}
