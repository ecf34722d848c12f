package cli_test

import (
	"os"
	"regexp"
	"strings"
	"testing"

	"k8s.io/cli-runtime/pkg/genericiooptions"

	"github.com/account-operator/account-operator/internal/cli"
)

func TestCluster_WithoutTheKinds_IsReported(t *testing.T) {
	s := newScene(t)
	s.holds(withoutKinds.reported, "this cluster does not have the kinds of account-operator.io/v1alpha1; install account-operator there")
	if withoutKinds.code != cli.ExitNotFound {
		t.Errorf("it ended with %d", withoutKinds.code)
	}
}

func TestForbidden_RightMissing_NamesARoleThatHasIt(t *testing.T) {
	s := newScene(t)
	s.account("alice")
	s.as("nobody-of-"+s.ns, "")

	s.holds(s.refuses(cli.ExitForbidden, "status", "alice"),
		"it takes the right to get accounts.account-operator.io in the namespace "+s.ns, "account-operator-viewer")
}

func TestForbidden_ViewerActs_NamesWhatItTakes(t *testing.T) {
	s := newScene(t)
	s.account("alice")
	s.as("viewer-of-"+s.ns, "account-operator-viewer")

	s.runs("status", "alice")
	s.holds(s.refuses(cli.ExitForbidden, "reset-password", "alice"), "create accountactions.account-operator.io", "account-operator-help-desk")
}

func TestCommand_Mistyped_IsGuessed(t *testing.T) {
	s := newScene(t)
	s.holds(s.refuses(cli.ExitUsage, "statsu"), `unknown command "statsu", did you mean status?; see kubectl account --help`)
	s.holds(s.refuses(cli.ExitUsage, "env", "lnit"), `unknown command "lnit", did you mean lint?; see kubectl account env --help`)
	s.holds(s.refuses(cli.ExitUsage, "status", "alice", "--frob"), "unknown flag: --frob; see kubectl account status --help")
}

func TestCluster_Unreachable_IsNamed(t *testing.T) {
	s := newScene(t)
	s.holds(s.refuses(cli.ExitFailed, "status", "alice", "--server", "https://127.0.0.1:1"), "could not get account/alice", "127.0.0.1:1")
	s.kubeconfig = t.TempDir() + "/none"
	s.holds(s.refuses(cli.ExitFailed, "status", "alice"), "reading the kubeconfig")
}

// The page promises exit codes and names every command; each is held to the program.
func TestPage_CommandsAndExitCodes_AreAllThere(t *testing.T) {
	page, err := os.ReadFile("../../docs/kubectl-account.md")
	if err != nil {
		t.Fatal(err)
	}
	cmd := cli.Command("test", genericiooptions.NewTestIOStreamsDiscard())
	for _, c := range cmd.Commands() {
		if c.Name() != "help" && !strings.Contains(string(page), "`"+c.Name()) {
			t.Errorf("docs/kubectl-account.md does not name %s", c.Name())
		}
	}
	codes := regexp.MustCompile(`(?m)^  (\d)  (.*)$`).FindAllStringSubmatch(cmd.Long, -1)
	if len(codes) != cli.ExitForbidden+1 {
		t.Errorf("--help has %d exit codes, wanted %d", len(codes), cli.ExitForbidden+1)
	}
	for _, c := range codes {
		if !strings.Contains(string(page), "| "+c[1]+" | "+c[2]+" |") {
			t.Errorf("docs/kubectl-account.md does not say that %s is: %s", c[1], c[2])
		}
	}
}
