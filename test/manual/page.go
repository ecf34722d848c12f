// Package manual reads pages of docs as a user does who copies their commands.
package manual

import (
	"os"
	"regexp"
	"strings"
	"testing"
)

// Page is one page: the commands to copy, in the order and under the headings in which they stand.
type Page struct {
	testing.TB

	Text   string
	path   string
	blocks map[string][]string // by heading
	copied map[string]bool
}

var consoleBlock = regexp.MustCompile("(?s)^ *```console\n(.*?\n) *```")

// Read reads a page. What cannot be typed as it stands there is replaced, each once.
func Read(t testing.TB, path string, replaced map[string]string) *Page {
	t.Helper()
	text, err := os.ReadFile(path) //nolint:gosec // the path is the test's to choose
	if err != nil {
		t.Fatal(err)
	}
	content := string(text)
	for theirs, ours := range replaced {
		if strings.Count(content, theirs) != 1 {
			t.Fatalf("%s has %d times %q", path, strings.Count(content, theirs), theirs)
		}
		content = strings.Replace(content, theirs, ours, 1)
	}
	p := &Page{TB: t, Text: content, path: path, blocks: map[string][]string{}, copied: map[string]bool{}}
	heading := ""
	for content != "" {
		if block := consoleBlock.FindStringSubmatch(content); block != nil {
			p.blocks[heading] = append(p.blocks[heading], block[1])
			content = content[len(block[0]):]
			continue
		}
		line, rest, _ := strings.Cut(content, "\n")
		if name, is := strings.CutPrefix(strings.TrimLeft(line, "#"), " "); is && strings.HasPrefix(line, "#") {
			heading = name
		}
		content = rest
	}
	return p
}

// Block is the one under a heading that is next, counted from 0.
func (p *Page) Block(heading string, n int) string {
	p.Helper()
	if n >= len(p.blocks[heading]) {
		p.Fatalf("%s has no block %d under %q", p.path, n, heading)
	}
	p.copied[p.blocks[heading][n]] = true
	return p.blocks[heading][n]
}

// Blocks are all under a heading.
func (p *Page) Blocks(heading string) []string {
	p.Helper()
	for n := range p.blocks[heading] {
		p.Block(heading, n)
	}
	return p.blocks[heading]
}

// IsCopied fails the test where a user may copy what no test has tried.
func (p *Page) IsCopied() {
	p.Helper()
	for heading, blocks := range p.blocks {
		for _, block := range blocks {
			if !p.copied[block] {
				p.Errorf("%s: under %q nobody tried:\n%s", p.path, heading, block)
			}
		}
	}
}

var (
	row    = regexp.MustCompile(`^\| (.*?) \|`)
	quoted = regexp.MustCompile("`([^`]*)`")
)

// Quotes are the texts in the first column of the table whose head begins so.
func (p *Page) Quotes(head string) []string {
	p.Helper()
	_, table, _ := strings.Cut(p.Text, "\n| "+head+" |")
	table, _, _ = strings.Cut(table, "\n\n")
	var all []string
	for line := range strings.SplitSeq(table, "\n") {
		if first := row.FindStringSubmatch(line); first != nil {
			for _, text := range quoted.FindAllStringSubmatch(first[1], -1) {
				all = append(all, text[1])
			}
		}
	}
	if len(all) == 0 {
		p.Fatalf("%s quotes nothing in a table of what %q", p.path, head)
	}
	return all
}
