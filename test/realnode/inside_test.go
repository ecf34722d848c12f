package realnode_test

import (
	"regexp"
	"strings"

	"github.com/account-operator/account-operator/test/manual"
)

// What the documentation runs in the manager's Pod, which has the store and the keyset at hand.

var inThePod = regexp.MustCompile("`(kubectl [^`]* -- /manager store dump)`")

// looksInside types what docs/quick-start.md says for a cluster, and sees an account.
func (s *site) looksInside(name string) {
	s.Helper()
	page := manual.Read(s.T, root+"/docs/quick-start.md", nil)
	command := inThePod.FindStringSubmatch(page.Text)
	if command == nil {
		s.Fatal("the page has no command that looks into the database in a cluster")
	}
	if rows := s.run(s.here(command[1])); !strings.Contains(rows, name+"@") {
		s.Errorf("%s is not in\n%s", name, rows)
	}
}

// copiesSQLite types what docs/operations.md says of a store on a volume: it is copied beside the running manager and brought under the
// newest key; then the manager is stopped and started.
func (s *site) copiesSQLite() {
	s.Helper()
	page := manual.Read(s.T, root+"/docs/operations.md", nil)
	s.run(`cd "$TMP"; ` + s.here(page.Block("Copy SQLite", 0)))
	s.run(`kubectl -n "$NS" get secret "$DEPLOYMENT-keyset" -o jsonpath='{.data.keyset\.json}' | base64 -d >"$TMP/keyset.json"
		manager store verify --store=sqlite://"$TMP/copy/accounts.db" --seal-keyset-file="$TMP/keyset.json"`)
	s.run(s.here(page.Block("Key rotation", 2)))
	for n := range 2 {
		s.run(s.here(page.Block("Stop and start the managers", n)))
	}
}

// here has commands mean this installation.
func (s *site) here(commands string) string {
	return strings.NewReplacer("deployment/account-operator", "deployment/"+s.deployment, "account-operator-system", s.namespace).Replace(commands)
}
