package main

import (
	"fmt"
	"os"
	"strings"
	"sync"
	"time"
)

// progress shows how far one program is: every second on one line of a
// terminal, else a line now and then, so that a log stays readable.
type progress struct {
	out      *os.File
	title    string
	terminal bool
	started  time.Time

	mu       sync.Mutex
	total    int
	compiled int
	note     string

	stop    chan struct{}
	stopped chan struct{}
}

func newProgress(out *os.File, title string) *progress {
	info, err := out.Stat()
	return &progress{
		out: out, title: title, started: time.Now(),
		terminal: err == nil && info.Mode()&os.ModeCharDevice != 0,
		stop:     make(chan struct{}), stopped: make(chan struct{}),
	}
}

// of sets the number of packages the program consists of.
func (p *progress) of(packages int) { p.total = packages }

func (p *progress) begin() {
	every := 15 * time.Second
	if p.terminal {
		every = time.Second
	}
	p.print()
	go func() {
		defer close(p.stopped)
		tick := time.NewTicker(every)
		defer tick.Stop()
		for {
			select {
			case <-tick.C:
				p.print()
			case <-p.stop:
				return
			}
		}
	}()
}

func (p *progress) end(done bool) {
	close(p.stop)
	<-p.stopped
	p.note = "failed"
	if done {
		p.note = "done"
	}
	p.print()
	if p.terminal {
		_, _ = fmt.Fprintln(p.out)
	}
}

// saw takes a line that go build -v printed and reports whether it was one of
// progress: the path of a package being compiled, or a module being fetched.
func (p *progress) saw(line string) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if module, fetched := strings.CutPrefix(line, "go: downloading "); fetched {
		p.note = "fetching " + module
		return true
	}
	if line == "" || strings.ContainsAny(line, " \t#") {
		return false
	}
	p.compiled++
	p.note = ""
	return true
}

func (p *progress) print() {
	p.mu.Lock()
	defer p.mu.Unlock()
	line := fmt.Sprintf("%s  %s  %d packages compiled", p.title, time.Since(p.started).Round(time.Second), p.compiled)
	if p.total > 0 {
		line += fmt.Sprintf(" (it has %d, less those cached)", p.total)
	}
	if p.note != "" {
		line += "  " + p.note
	}
	if p.terminal {
		_, _ = fmt.Fprintf(p.out, "\r\033[K%.110s", line)
		return
	}
	_, _ = fmt.Fprintln(p.out, line)
}
