package main

import (
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/account-operator/account-operator/test/manual"
)

var update = flag.Bool("update", false, "write the table of flags into docs/flags.md")

const (
	flagsPage  = "../../docs/flags.md"
	tableBegin = "<!-- begin: written by go test ./hack/demo -run Flags -update -->\n"
	tableEnd   = "<!-- end -->\n"
)

// usage is what the built manager says of itself.
func usage(t *testing.T, args ...string) string {
	t.Helper()
	out, err := exec.CommandContext(t.Context(), filepath.Join(built, "manager"), append(args, "--help")...).Output()
	if err != nil {
		t.Fatal(err)
	}
	return string(out)
}

var (
	flagLine    = regexp.MustCompile(`(?m)^ {6}--(\S+?)(?:\[=true\|false\])?(?: \S+)? {2,}(.*?)(?: \(default (.*)\))?$`)
	commandLine = regexp.MustCompile(`(?m)^  ([a-z]+) {2,}`)
)

func flagsTable(t *testing.T) string {
	t.Helper()
	var table strings.Builder
	table.WriteString("| flag | default | meaning |\n| --- | --- | --- |\n")
	lines := flagLine.FindAllStringSubmatch(usage(t), -1)
	if len(lines) < 20 {
		t.Fatalf("only %d flags found in the usage", len(lines))
	}
	for _, line := range lines {
		name, meaning, given := line[1], line[2], strings.Trim(line[3], `"`)
		if given != "" {
			given = "`" + given + "`"
		}
		fmt.Fprintf(&table, "| `--%s` | %s | %s |\n", name, given, strings.ReplaceAll(meaning, "|", `\|`))
	}
	return table.String()
}

func TestFlags_Page_HasThemAll(t *testing.T) {
	content, err := os.ReadFile(flagsPage)
	if err != nil {
		t.Fatal(err)
	}
	before, rest, begins := strings.Cut(string(content), tableBegin)
	table, after, ends := strings.Cut(rest, tableEnd)
	if !begins || !ends {
		t.Fatalf("%s has no place for the table", flagsPage)
	}
	want := flagsTable(t)
	if *update {
		if err := os.WriteFile(flagsPage, []byte(before+tableBegin+want+tableEnd+after), 0o600); err != nil {
			t.Fatal(err)
		}
		return
	}
	if table != want {
		t.Errorf("%s is not what manager --help says; next step: go test ./hack/demo -run Flags -update\nit should be:\n%s", flagsPage, want)
	}
}

func TestCommands_Page_HasThemAll(t *testing.T) {
	content, err := os.ReadFile(flagsPage)
	if err != nil {
		t.Fatal(err)
	}
	for _, parent := range []string{"store", "keys"} {
		for _, line := range commandLine.FindAllStringSubmatch(usage(t, parent), -1) {
			if command := "`manager " + parent + " " + line[1]; !strings.Contains(string(content), command) {
				t.Errorf("%s does not tell of %s`", flagsPage, command)
			}
		}
	}
}

var link = regexp.MustCompile(`\]\(([^)#:]+)(?:#[^)]*)?\)|(?:src|srcset)="([^":]+)"`)

func TestLinks_OfThePages_LeadSomewhere(t *testing.T) {
	for _, page := range manual.All(t, "../..") {
		content, err := os.ReadFile(page)
		if err != nil {
			t.Fatal(err)
		}
		for _, found := range link.FindAllStringSubmatch(string(content), -1) {
			if _, err := os.Stat(filepath.Join(filepath.Dir(page), found[1]+found[2])); err != nil {
				t.Errorf("%s: %v", page, err)
			}
		}
	}
}

// excerpt is what README.md shows of the tour, without what differs from run to run.
func excerpt(t *testing.T) []string {
	t.Helper()
	content, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	_, rest, _ := strings.Cut(string(content), "```text\n")
	text, _, found := strings.Cut(rest, "```")
	if !found {
		t.Fatal("README.md shows nothing of the tour")
	}
	var lines []string
	for line := range strings.Lines(text) {
		if line = strings.TrimSpace(line); strings.HasPrefix(line, "[") || strings.HasPrefix(line, "$ ") || strings.HasPrefix(line, "│    DeletionBlocked") {
			lines = append(lines, line)
		}
	}
	return lines
}

var yamlBlock = regexp.MustCompile("(?s)```yaml\n(.*?)```")

// examples is a file with the objects that README.md shows.
func examples(t *testing.T) (path string) {
	t.Helper()
	content, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	var objects []string
	for _, block := range yamlBlock.FindAllStringSubmatch(string(content), -1) {
		objects = append(objects, block[1])
	}
	path = filepath.Join(t.TempDir(), "examples.yaml")
	if err := os.WriteFile(path, []byte(strings.Join(objects, "---\n")), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}
