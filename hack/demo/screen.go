package main

import (
	"fmt"
	"io"
	"os"
	"strings"
)

// screen is where the tour is shown. What does not get through, as when the reader is gone, is nobody's loss.
type screen struct {
	out      io.Writer
	coloured bool
}

// Colours of the terminal's own palette, so that they are readable on light and dark.
const (
	bold  = "1"
	green = "32"
	red   = "31"
	cyan  = "36"
)

func newScreen(out *os.File) *screen {
	info, err := out.Stat()
	terminal := err == nil && info.Mode()&os.ModeCharDevice != 0
	return &screen{out: out, coloured: terminal && os.Getenv("NO_COLOR") == "" && os.Getenv("TERM") != "dumb"}
}

// title begins a step.
func (s *screen) title(number, of int, text string) {
	s.line("")
	s.line(s.in(bold, fmt.Sprintf("[%d/%d] %s", number, of, text)))
}

// say explains in plain words.
func (s *screen) say(text string) { s.paragraph("  ", text) }

// command is shown before it runs.
func (s *screen) command(text string) { s.line("  " + s.in(cyan, "$ "+text)) }

// output is what a command printed.
func (s *screen) output(text string) { s.paragraph("    ", text) }

func (s *screen) paragraph(indent, text string) {
	if text = strings.TrimRight(text, "\n"); text != "" {
		s.line(indented(indent, text))
	}
}

// result is what the tour found out by itself.
func (s *screen) result(format string, args ...any) {
	s.line("  " + s.in(green, "=> "+fmt.Sprintf(format, args...)))
}

func (s *screen) failure(text string) { s.line(s.in(red, text)) }

func (s *screen) line(text string) { _, _ = fmt.Fprintln(s.out, text) }

func (s *screen) in(colour, text string) string {
	if !s.coloured {
		return text
	}
	return "\033[" + colour + "m" + text + "\033[0m"
}

func indented(by, text string) string {
	lines := strings.Split(text, "\n")
	for n, line := range lines {
		if line != "" {
			lines[n] = by + line
		}
	}
	return strings.Join(lines, "\n")
}
