package main

import (
	"bytes"
	"net/url"
	"os"
	"regexp"
	"strings"
	"testing"
)

var sqlBlock = regexp.MustCompile("(?s)```sql\n(.*?)```")

// documented are the statements of docs/stores.md, in its order.
func documented(t *testing.T) []string {
	t.Helper()
	page, err := os.ReadFile("../../docs/stores.md")
	if err != nil {
		t.Fatal(err)
	}
	var statements []string
	for _, block := range sqlBlock.FindAllStringSubmatch(string(page), -1) {
		for statement := range strings.SplitSeq(block[1], ";") {
			if statement = strings.TrimSpace(statement); statement != "" {
				statements = append(statements, statement)
			}
		}
	}
	if len(statements) < 10 {
		t.Fatalf("only %d statements found", len(statements))
	}
	return statements
}

func TestStatements_OfThePages_Work(t *testing.T) {
	for _, c := range stores {
		t.Run(c.dialect, func(t *testing.T) {
			address := c.make(t)
			for _, name := range []string{"alice", "bob"} {
				typed(t, address, "INSERT INTO accounts (email) VALUES ('"+name+"@example.com')")
			}
			service := address
			if c.dialect == "PostgreSQL" {
				service = withGrants(t, address)
			}
			for _, statement := range documented(t) {
				if isGrant(statement) {
					continue
				}
				if out := typed(t, service, statement); out != "1 row changed\n" {
					t.Errorf("%s: printed %q, want one row changed", statement, out)
				}
			}
		})
	}
}

func isGrant(statement string) bool { return strings.HasPrefix(statement, "GRANT ") }

// withGrants gives a role the documented rights and returns the address for those who have them and no others.
func withGrants(t *testing.T, address string) string {
	t.Helper()
	typed(t, address, "CREATE ROLE cloud")
	for _, statement := range documented(t) {
		if isGrant(statement) {
			typed(t, address, statement)
		}
	}
	u, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	query := u.Query()
	query.Set("role", "cloud")
	u.RawQuery = query.Encode()
	return u.String()
}

func typed(t *testing.T, address, statement string) string {
	t.Helper()
	var out bytes.Buffer
	if err := run(t.Context(), []string{address, statement}, &out); err != nil {
		t.Fatalf("%s: %v", statement, err)
	}
	return out.String()
}
