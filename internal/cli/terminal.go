package cli

import (
	"fmt"
	"io"
	"strings"

	"k8s.io/cli-runtime/pkg/printers"
)

// progress is one line on a terminal that is written over, and taken away in the end. Elsewhere nothing is written.
type progress struct {
	out   io.Writer
	shown string
}

func (s *session) progress() *progress {
	if !printers.IsTerminal(s.ErrOut) {
		return &progress{out: io.Discard}
	}
	return &progress{out: s.ErrOut}
}

// width of what is shown, so that a line is never broken in two and left behind.
const width = 79

func (p *progress) show(format string, args ...any) {
	text := []rune(printers.EscapeTerminal(fmt.Sprintf(format, args...)))
	if line := string(text[:min(width, len(text))]); line != p.shown {
		p.clear()
		p.shown = line
		fmt.Fprint(p.out, line)
	}
}

func (p *progress) clear() {
	if p.shown != "" {
		fmt.Fprint(p.out, "\r"+strings.Repeat(" ", len([]rune(p.shown)))+"\r")
		p.shown = ""
	}
}

// paint colours the status of a condition. All colours are written with as many bytes, so that columns stay in line.
func paint(status string) string {
	code := "39"
	switch status {
	case "True":
		code = "32"
	case "False":
		code = "31"
	case "Unknown":
		code = "33"
	}
	return "\x1b[" + code + "m" + status + "\x1b[39m"
}
