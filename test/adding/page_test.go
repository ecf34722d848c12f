package adding

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
)

// step is one thing that the page has a reader do: write a file, change one, or run commands.
type step struct {
	path     string
	whole    string   // what a new file has in it
	hunks    []hunk   // what changes in a file that is there
	commands []string // to run
}

// hunk is what stands in a file before a change, and after it.
type hunk struct{ before, after string }

var (
	listing = regexp.MustCompile("(?ms)^```(diff|go|yaml|console)\n(.*?)^```$")
	file    = regexp.MustCompile("`([\\w./-]+)`:\n\n$")
)

// read takes the steps out of a page. A listing changes the file whose name stands right before it.
func read(page string) (steps []step, err error) {
	for _, at := range listing.FindAllStringSubmatchIndex(page, -1) {
		language, text := page[at[2]:at[3]], page[at[4]:at[5]]
		if language == "console" {
			steps = append(steps, step{commands: strings.Split(strings.TrimSpace(text), "\n")})
			continue
		}
		name := file.FindStringSubmatch(page[:at[0]])
		switch {
		case name == nil:
			return nil, fmt.Errorf("no file is named before the listing\n%s", text)
		case language == "diff":
			steps = append(steps, step{path: name[1], hunks: hunks(text)})
		default:
			steps = append(steps, step{path: name[1], whole: text})
		}
	}
	return steps, nil
}

// hunks are the parts of a diff. A line that is there before and after begins with a space.
func hunks(diff string) (all []hunk) {
	for part := range strings.SplitSeq(diff, "@@\n") {
		var h hunk
		for line := range strings.Lines(part) {
			rest := line[1:]
			if line == "\n" {
				rest = line
			}
			if line[0] != '+' {
				h.before += rest
			}
			if line[0] != '-' {
				h.after += rest
			}
		}
		all = append(all, h)
	}
	return all
}

// added are how many lines a step writes.
func (s step) added() int {
	n := strings.Count(s.whole, "\n")
	for _, h := range s.hunks {
		before := strings.SplitAfter(h.before, "\n")
		for line := range strings.Lines(h.after) {
			if i := slices.Index(before, line); i >= 0 {
				before = slices.Delete(before, i, i+1)
				continue
			}
			n++
		}
	}
	return n
}

// do does what a step says about a file of a folder.
func (s step) do(folder string) error {
	path := filepath.Join(folder, s.path)
	if s.whole == "" {
		return s.change(path, func(h hunk) (string, string) { return h.before, h.after })
	}
	if _, err := os.Stat(path); err == nil {
		return fmt.Errorf("%s is there already", s.path)
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o750); err != nil {
		return err
	}
	return os.WriteFile(path, []byte(s.whole), 0o600)
}

// undo takes back what a step says that was done.
func (s step) undo(folder string) error {
	path := filepath.Join(folder, s.path)
	if s.whole == "" {
		return s.change(path, func(h hunk) (string, string) { return h.after, h.before })
	}
	text, err := os.ReadFile(path)
	if err == nil && string(text) != s.whole {
		err = fmt.Errorf("%s is not what the page has", s.path)
	}
	if err == nil {
		err = os.Remove(path)
	}
	return err
}

// places are how often lines stand in a text; the end of one may be the beginning of the next.
func places(text, lines string) (n int) {
	for i := range text {
		if strings.HasPrefix(text[i:], lines) {
			n++
		}
	}
	return n
}

// change replaces lines that stand together in exactly one place.
func (s step) change(path string, of func(hunk) (from, to string)) error {
	content, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	text := "\n" + string(content)
	for _, h := range s.hunks {
		from, to := of(h)
		if n := places(text, "\n"+from); n != 1 {
			return fmt.Errorf("these lines stand %d times in %s:\n%s", n, s.path, from)
		}
		text = strings.Replace(text, "\n"+from, "\n"+to, 1)
	}
	return os.WriteFile(path, []byte(text[1:]), 0o600)
}
