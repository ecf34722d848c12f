package cli

import (
	"bytes"
	"io"
	"strings"
	"text/tabwriter"

	"k8s.io/cli-runtime/pkg/printers"
)

// tree writes rows, of which the first has all others below it, and under each what is in its way.
type tree struct {
	wide, color bool
}

func (t tree) write(w io.Writer, rows []row) error {
	var table bytes.Buffer
	columns := tabwriter.NewWriter(&table, 0, 0, 3, ' ', 0)
	t.line(columns, "", row{name: "OBJECT", ready: "READY", reason: "REASON", age: "AGE", about: "ABOUT", class: "CLASS", seen: "SEEN"})
	for i, r := range rows {
		t.line(columns, branch(i, len(rows)), r)
	}
	if err := columns.Flush(); err != nil {
		return err
	}
	lines := strings.Split(strings.TrimRight(table.String(), "\n"), "\n")
	var text strings.Builder
	text.WriteString(strings.TrimRight(lines[0], " ") + "\n")
	for i, r := range rows {
		text.WriteString(strings.TrimRight(lines[i+1], " ") + "\n")
		for _, n := range r.notes {
			text.WriteString(stem(i, len(rows)) + printers.EscapeTerminal(strings.ReplaceAll(n, "\n", " ")) + "\n")
		}
	}
	_, err := io.WriteString(w, text.String())
	return err
}

func (t tree) line(w io.Writer, branch string, r row) {
	ready := r.ready
	if t.color {
		ready = paint(ready)
	}
	cells := []string{branch + r.name, ready, r.reason, r.age, r.about}
	if t.wide {
		cells = append(cells, r.class, r.seen)
	}
	for i := range cells {
		if i != 1 {
			cells[i] = printers.EscapeTerminal(cells[i])
		}
	}
	_, _ = io.WriteString(w, strings.Join(cells, "\t")+"\n") // the tabwriter keeps an error for Flush
}

// branch leads to the i-th of n rows.
func branch(i, n int) string {
	switch i {
	case 0:
		return ""
	case n - 1:
		return "└─ "
	default:
		return "├─ "
	}
}

// stem stands before the notes of the i-th of n rows.
func stem(i, n int) string {
	if i == n-1 {
		return "     "
	}
	return "│    "
}
