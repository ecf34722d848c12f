package e2e_test

import (
	"encoding/json"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

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

// Who is called for each line of the level error must not be called on a good day.
func TestLog_ADayWithoutTroubleAndACleanStop_HasNoLineOfLevelError(t *testing.T) {
	t.Parallel()
	s := newScene(t, sqlite)

	// Given an elected manager at the default level, whose users do all that they may do
	m := s.startWith(s.as("manager"), manager.Options{Args: []string{
		"--watch-namespaces=" + s.ns, "--leader-elect", "--leader-elect-namespace=" + metav1.NamespaceDefault, "--leader-elect-id=" + s.ns,
	}})
	s.tour(func(string) {})

	// When a namespace goes with what is in it, and the manager is stopped
	carol := account("carol")
	s.create(carol)
	s.becomesReady(carol)
	s.must(s.api.Delete(s.Context(), &corev1.Namespace{ObjectMeta: metav1.ObjectMeta{Name: s.ns}}))
	s.isGone(carol)
	s.stop(m)

	// Then nothing of it is an error, and each account that was deleted has left a line
	printed, err := m.Printed()
	s.must(err)
	var deleted []string
	for line := range strings.Lines(printed) {
		if strings.Contains(line, `"level":"error"`) || strings.Contains(line, "stacktrace") {
			t.Errorf("an error on a good day: %s", line)
		}
		if _, rest, found := strings.Cut(line, `"msg":"deleted an account"`); found {
			deleted = append(deleted, rest)
		}
	}
	for _, name := range []string{"alice", "carol"} {
		if !slices.ContainsFunc(deleted, func(line string) bool { return strings.Contains(line, `"name":"`+name+`"`) }) {
			t.Errorf("no line tells that %s was deleted", name)
		}
	}
}
