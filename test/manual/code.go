package manual

import (
	"os"
	"regexp"
	"strings"
	"testing"
)

var (
	fence     = regexp.MustCompile("(?ms)^ *```(\\w*)\n(.*?)^ *```$")
	paragraph = regexp.MustCompile(`\n\n|\n(?: *[-|#])`)
	comment   = regexp.MustCompile(`(?m)(^|\s)# .*$`)
)

// Code is what a page says that one types or meets: what stands between backticks in its text, and its commands, each in one line and
// without comments.
func Code(t testing.TB, path string) (quotes, commands []string) {
	t.Helper()
	content, err := os.ReadFile(path) //nolint:gosec // the path is the test's to choose
	if err != nil {
		t.Fatal(err)
	}
	for _, block := range fence.FindAllStringSubmatch(string(content), -1) {
		if block[1] != "console" {
			continue
		}
		whole := comment.ReplaceAllString(strings.ReplaceAll(block[2], "\\\n", " "), "")
		commands = append(commands, strings.Split(whole, "\n")...)
	}
	// A quote may go over the end of a line, and never over that of a paragraph.
	for _, part := range paragraph.Split(fence.ReplaceAllString(string(content), ""), -1) {
		for _, found := range quoted.FindAllStringSubmatch(part, -1) {
			quotes = append(quotes, strings.Join(strings.Fields(found[1]), " "))
		}
	}
	return quotes, commands
}
