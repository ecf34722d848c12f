package main

import (
	"os"
	"strings"
	"testing"
)

func TestColours_NoTerminal_AreLeftOut(t *testing.T) {
	null, err := os.OpenFile("/dev/null", os.O_WRONLY, 0) // a character device, as a terminal is
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = null.Close() }()
	file, err := os.Create(t.TempDir() + "/out")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = file.Close() }()
	for _, c := range []struct {
		name           string
		out            *os.File
		noColour, kind string
		want           bool
	}{
		{"a terminal", null, "", "xterm", true},
		{"a file", file, "", "xterm", false},
		{"NO_COLOR", null, "1", "xterm", false},
		{"a terminal without colours", null, "", "dumb", false},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Setenv("NO_COLOR", c.noColour)
			t.Setenv("TERM", c.kind)
			if got := newScreen(c.out).coloured; got != c.want {
				t.Errorf("coloured: %t, want %t", got, c.want)
			}
		})
	}
}

func TestScreen(t *testing.T) {
	var out strings.Builder
	s := &screen{out: &out}
	s.title(2, 3, "Title")
	s.say("one\ntwo")
	s.command("true")
	s.output("a\n\nb\n")
	s.output("")
	s.result("%d ms", 7)
	want := "\n[2/3] Title\n  one\n  two\n  $ true\n    a\n\n    b\n  => 7 ms\n"
	if out.String() != want {
		t.Errorf("shown %q, want %q", out.String(), want)
	}
}
