package sqlstore_test

import (
	"encoding/base64"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/account-operator/account-operator/test/manual"
)

// Given a store that a manager wrote, when a user copies the command of docs/sealed-format.md, then each of the account's values is opened, with
// nothing of ours but the keyset.
func TestSealedFormat_CommandOfThePage_OpensAnAccountsVariables(t *testing.T) {
	for _, program := range []string{"psql", "node"} {
		if _, err := exec.LookPath(program); err != nil {
			t.Skip("no " + program + ": make test installs it where apt may be used")
		}
	}
	address, _ := newPostgres(t)
	keyset, o := newKeyset(t), options(t)
	o.Sealer = load(t, keyset)
	fenced := filled(t, open(t, address, o))
	must(t, setVar(t, fenced, `a"b\c`, "quoted\nand\x00more"))
	folder := t.TempDir()
	must(t, os.WriteFile(filepath.Join(folder, "keyset.json"), keyset, 0o600))
	hack, err := filepath.Abs("../../../hack")
	must(t, err)
	must(t, os.Symlink(hack, filepath.Join(folder, "hack")))

	page := manual.Read(t, "../../../docs/sealed-format.md", map[string]string{"account_id = 1 ": "account_id = " + idOf(t, fenced, "alice") + " "})
	shell := exec.CommandContext(t.Context(), "sh", "-c", page.Block("Open a value", 0))
	shell.Dir, shell.Env = folder, append(os.Environ(), "ACCOUNT_OPERATOR_STORE="+address)
	out, err := shell.CombinedOutput()
	if err != nil {
		t.Fatalf("%v: %s", err, out)
	}

	var values []string
	for line := range strings.SplitSeq(strings.TrimSpace(string(out)), "\n") {
		value, err := base64.StdEncoding.DecodeString(line)
		must(t, err)
		values = append(values, string(value))
	}
	if diff := cmp.Diff([]string{"canary-token", "quoted\nand\x00more"}, values); diff != "" {
		t.Error(diff)
	}
}
