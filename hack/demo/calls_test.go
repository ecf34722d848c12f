package main

import (
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/account-operator/account-operator/test/manual"
)

// called is a program in a line that is typed: the words that choose a command, and the flags that it is given.
type called struct {
	line         string
	words, flags []string
}

// inPages are the calls that all pages show, and the flags that they quote alone.
func inPages(t *testing.T) (calls []called, flags []string) {
	t.Helper()
	for _, page := range manual.All(t, "../..") {
		if filepath.Base(page) == "CHANGELOG.md" {
			continue // which speaks of what was
		}
		quotes, commands := manual.Code(t, page)
		for _, line := range append(quotes, commands...) {
			for _, c := range readCalls(line) {
				c.line = page + ": " + c.line
				calls = append(calls, c)
			}
			if flag := longFlag.FindString(line); flag != "" {
				flags = append(flags, flag)
			}
		}
	}
	return calls, flags
}

var (
	inQuotes  = regexp.MustCompile(`'[^']*'|"[^"]*"`)
	call      = regexp.MustCompile(`(?:^|[|;&(]|xargs|until)\s*(?:bin)?/?(?:[A-Z_]+=\S+ )*(manager|kubectl)((?: +[^|;&()<>]+)?)`)
	valued    = regexp.MustCompile(`^-[nlofpc]$`) // the next word is its value
	shortFlag = regexp.MustCompile(`^-[a-zA-Z]$`)
	longFlag  = regexp.MustCompile(`^--[a-z-]+[a-z]`)
	plainWord = regexp.MustCompile(`^[a-z][a-z0-9-]*$`)
)

// readCalls takes a line apart, without being a shell: of what stands in quotes no flag is looked at. What follows -- is a line of its own.
func readCalls(line string) (all []called) {
	plain := strings.ReplaceAll(inQuotes.ReplaceAllString(line, "_"), " -- ", " | ")
	for _, found := range call.FindAllStringSubmatch(plain, -1) {
		c := called{line: line, words: []string{found[1]}}
		fields, choosing := strings.Fields(found[2]), true
		for i := 0; i < len(fields); i++ {
			switch field := fields[i]; {
			case longFlag.MatchString(field):
				c.flags = append(c.flags, longFlag.FindString(field))
			case shortFlag.MatchString(field):
				c.flags = append(c.flags, field)
				if valued.MatchString(field) {
					i++
				}
			case choosing && plainWord.MatchString(field):
				c.words = append(c.words, field)
			default:
				choosing = false
			}
		}
		all = append(all, c)
	}
	return all
}
