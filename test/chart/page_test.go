package chart_test

import (
	"os"
	"regexp"
	"strings"
	"testing"
)

// page is docs/install.md: the commands to copy, in the order and under the headings in which they stand.
type page struct {
	*testing.T
	text   string
	blocks map[string][]string // by heading
	copied map[string]bool
}

// replaced is what cannot be typed here: nothing builds an image, no registry takes it, and the address of the database is a
// reader's own. The manager is built by the tests.
var replaced = map[string]string{
	"make image IMAGE=registry.example.com/account-operator:v1": ":",
	"make build": "mkdir -p bin && cp $MANAGER bin/manager",
	"'postgres://user:password@db.example.com/accounts?sslmode=verify-full'": `"$DATABASE"`,
}

var consoleBlock = regexp.MustCompile("(?s)^```console\n(.*?)```")

func readPage(t *testing.T) *page {
	t.Helper()
	text, err := os.ReadFile(root + "/docs/install.md")
	if err != nil {
		t.Fatal(err)
	}
	content := string(text)
	for theirs, ours := range replaced {
		if strings.Count(content, theirs) != 1 {
			t.Fatalf("docs/install.md has %d times %q", strings.Count(content, theirs), theirs)
		}
		content = strings.Replace(content, theirs, ours, 1)
	}
	p := &page{T: t, text: content, blocks: map[string][]string{}, copied: map[string]bool{}}
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

// block is the one under a heading that is next, counted from 0.
func (p *page) block(heading string, n int) string {
	p.Helper()
	if n >= len(p.blocks[heading]) {
		p.Fatalf("docs/install.md has no block %d under %q", n, heading)
	}
	p.copied[p.blocks[heading][n]] = true
	return p.blocks[heading][n]
}

// isCopied fails the test where somebody may copy what no test has tried.
func (p *page) isCopied() {
	p.Helper()
	for heading, blocks := range p.blocks {
		for _, block := range blocks {
			if !p.copied[block] {
				p.Errorf("under %q nobody tried:\n%s", heading, block)
			}
		}
	}
}

var (
	row    = regexp.MustCompile(`^\| (.*?) \|`)
	quoted = regexp.MustCompile("`([^`]*)`")
)

// quotes are the texts in the first column of the table whose head begins so.
func (p *page) quotes(head string) []string {
	p.Helper()
	_, table, _ := strings.Cut(p.text, "\n| "+head+" |")
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
		p.Fatalf("docs/install.md quotes nothing in a table of what %q", head)
	}
	return all
}
