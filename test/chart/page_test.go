package chart_test

import (
	"testing"

	"github.com/account-operator/account-operator/test/manual"
)

// replaced is what cannot be typed here: no registry takes the image (hack/image tests that), and the address of the database is a
// reader's own. The manager is built by the tests.
var replaced = map[string]string{
	"make image IMAGE=registry.example.com/account-operator:v1 PUSH=1": ":",
	"make build": "mkdir -p bin && cp $MANAGER bin/manager",
	"'postgres://user:password@db.example.com/accounts?sslmode=verify-full'": `"$DATABASE"`,
}

func readPage(t *testing.T) *manual.Page {
	t.Helper()
	return manual.Read(t, root+"/docs/install.md", replaced)
}
