package main

import (
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// programs says what they know, as their --help does.
type programs struct {
	*testing.T

	known map[string]string          // what they say, by the words that choose a command
	flags map[string]map[string]bool // the same, word by word: there are thousands of questions to it
}

func newPrograms(t *testing.T) *programs {
	return &programs{t, map[string]string{}, map[string]map[string]bool{}}
}

// everywhere is what lists the flags that every command of kubectl takes.
const everywhere = "kubectl options"

// help is what a program says of a command, with the flags that every command of it takes.
func (p *programs) help(words []string) string {
	p.Helper()
	line := strings.Join(words, " ")
	if text, is := p.known[line]; is {
		return text
	}
	program, args := filepath.Join(built, words[0]), append(slices.Clone(words[1:]), "--help")
	if words[0] == "kubectl" {
		program = "../controlplane/bin/kubectl"
	}
	switch {
	case words[0] == "kubectl" && args[0] == "account":
		program, args = filepath.Join(built, "kubectl-account"), args[1:]
	case line == everywhere:
		args = args[:1]
	}
	out, err := exec.CommandContext(p.Context(), program, args...).CombinedOutput()
	if err != nil {
		p.Errorf("%s --help: %v\n%s", line, err, out)
	}
	p.known[line] = string(out)
	if words[0] == "kubectl" && line != everywhere {
		p.known[line] += p.help(strings.Fields(everywhere))
	}
	return p.known[line]
}

// has reports whether a command takes a flag.
func (p *programs) has(words []string, flag string) bool {
	p.Helper()
	line := strings.Join(words, " ")
	if p.flags[line] == nil {
		p.flags[line] = flagsIn(p.help(words))
	}
	return p.flags[line][flag]
}

// flagsIn are the words of a help that begin with a dash, without the value that it shows, as in --output=” and --show[=true|false].
func flagsIn(help string) map[string]bool {
	flags := map[string]bool{}
	for _, word := range strings.FieldsFunc(help, func(r rune) bool { return strings.ContainsRune(" ,\n", r) }) {
		if strings.HasPrefix(word, "-") {
			end := strings.IndexAny(word, "=[")
			if end < 0 {
				end = len(word)
			}
			flags[word[:end]] = true
		}
	}
	return flags
}

var usageLine = regexp.MustCompile(`(?m)^Usage:\n  ((?:[a-z][a-z0-9-]*(?: |$))+)`)

// isCommand reports whether the words choose a command, and do not end at one that only holds others.
func (p *programs) isCommand(words []string) bool {
	p.Helper()
	help := p.help(words)
	usage := usageLine.FindStringSubmatch(help)
	if usage == nil {
		return false
	}
	chosen := strings.Fields(usage[1])
	return len(chosen) > 1 && slices.Equal(chosen, words[:min(len(chosen), len(words))]) &&
		(len(chosen) == len(words) || !strings.Contains(help, "Available Commands:"))
}

// Given every page, when it shows a command of the manager, of kubectl or of its plugin, then there is that command, and it takes these
// flags; and a flag that is quoted alone is one of theirs.
func TestPages_Commands_AreUnderstood(t *testing.T) {
	p := newPrograms(t)
	shown, alone := inPages(t)
	if len(shown) < 150 || len(alone) < 50 {
		t.Errorf("only %d commands and %d flags were found", len(shown), len(alone))
	}
	for _, c := range shown {
		for _, wrong := range p.misunderstands(c) {
			t.Errorf("`%s`: %s", c.line, wrong)
		}
	}
	for _, flag := range alone {
		if !slices.Contains(ofHelm, flag) && !slices.ContainsFunc(p.all(), func(line string) bool { return p.has(strings.Fields(line), flag) }) {
			t.Errorf("nobody has the flag %s", flag)
		}
	}
}

// Given commands that are none, and flags that a command does not take, when they are shown, then that is noticed.
func TestPages_CommandsThatAreNone_AreNoticed(t *testing.T) {
	p := newPrograms(t)
	for line, wrong := range map[string]string{
		"manager store forget":                                              "there is no such command",
		"ACCOUNT_OPERATOR_STORE=$A manager store dump --all":                "it has no --all",
		"kubectl account statsu alice":                                      "there is no such command",
		"kubectl account status alice -n team --everything":                 "it has no --everything",
		"kubectl -n a exec deployment/b -- /manager keys list":              "there is no such command",
		"kubectl -n a get pods -o name | xargs kubectl describe --previous": "it has no --previous",
		"kubectl -n a logs deployment/b --previous --tail=1":                "",
	} {
		var found []string
		for _, c := range readCalls(line) {
			found = append(found, p.misunderstands(c)...)
		}
		if strings.Join(found, "\n") != wrong {
			t.Errorf("%s: %q, wanted %q", line, found, wrong)
		}
	}
}

// ofHelm are flags that are quoted alone and are Helm's.
var ofHelm = []string{"--set", "--api-versions"}

// all are the commands of ours, and those of kubectl that were shown.
func (p *programs) all() (lines []string) {
	lines = append(lines, "account-env")
	for _, parent := range []string{"manager", "manager store", "manager keys", "manager keys service", "kubectl account", "kubectl account env"} {
		lines = append(lines, parent)
		for _, found := range commandLine.FindAllStringSubmatch(p.help(strings.Fields(parent)), -1) {
			lines = append(lines, parent+" "+found[1])
		}
	}
	for line := range p.known {
		if strings.HasPrefix(line, "kubectl ") {
			lines = append(lines, line)
		}
	}
	slices.Sort(lines)
	return slices.Compact(lines)
}

// misunderstands says what a program makes nothing of.
func (p *programs) misunderstands(c called) (wrong []string) {
	p.Helper()
	if len(c.words) > 1 && !p.isCommand(c.words) {
		return []string{"there is no such command"}
	}
	for _, flag := range c.flags {
		if !p.has(c.words, flag) {
			wrong = append(wrong, "it has no "+flag)
		}
	}
	return wrong
}
