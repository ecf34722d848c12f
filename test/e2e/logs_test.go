package e2e_test

import (
	"encoding/json"
	"regexp"
	"strings"
	"sync"

	"github.com/account-operator/account-operator/test/manager"
)

var (
	keyCell = regexp.MustCompile("(?m)^\\| (`.*?`) \\|")
	inTicks = regexp.MustCompile("`([^`]+)`")

	// documentedKeys are those in the tables of docs/logs.md.
	documentedKeys = sync.OnceValues(func() (map[string]bool, error) {
		page, err := documented("logs.md")
		keys := map[string]bool{}
		for _, cell := range keyCell.FindAllString(page, -1) {
			for _, key := range inTicks.FindAllStringSubmatch(cell, -1) {
				keys[key[1]] = true
			}
		}
		return keys, err
	})
)

// logsAsDocumented holds what a manager printed to docs/logs.md: lines of JSON with the keys that the page has, and at last
// how it ended.
func (s *scene) logsAsDocumented(m *manager.Manager) {
	s.Helper()
	keys, err := documentedKeys()
	s.must(err)
	printed, err := m.Printed()
	s.must(err)
	for line := range strings.Lines(printed) {
		if ended := strings.HasPrefix(line, "manager: "); ended {
			return
		}
		entry := map[string]any{}
		if err := json.Unmarshal([]byte(line), &entry); err != nil {
			s.Errorf("a line of the log is not JSON: %s", line)
			return
		}
		for key := range entry {
			if !keys[key] {
				s.Errorf("docs/logs.md does not know the key %s of %s", key, line)
			}
		}
	}
}
