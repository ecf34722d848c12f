package cli_test

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/account-operator/account-operator/api/v1alpha1"
	"github.com/account-operator/account-operator/test/manager"
	"github.com/account-operator/account-operator/test/terminal"
)

// installed puts the built plugin where kubectl finds it and returns a kubectl command of the scene's namespace.
func (s *scene) installed() func(args ...string) *exec.Cmd {
	s.Helper()
	folder := s.TempDir()
	built, err := manager.Build(s.Context(), folder, "github.com/account-operator/account-operator/cmd/kubectl-account")
	s.must(err)
	s.must(os.Symlink(built.Path, filepath.Join(folder, "kubectl_complete-account")))
	env := append(os.Environ(), "PATH="+folder+":"+os.Getenv("PATH"), "KUBECONFIG="+s.kubeconfig, "KUBECACHEDIR="+s.TempDir(), "KUBERC=off", "TERM=xterm")
	return func(args ...string) *exec.Cmd {
		cmd := exec.CommandContext(s.Context(), local.Kubectl(), args...)
		cmd.Env = env
		return cmd
	}
}

func TestUnderKubectl(t *testing.T) {
	s := newScene(t)
	s.becomes(s.account("alice"), v1alpha1.ReasonSynced)
	kubectl := s.installed()

	t.Run("it runs as a command of kubectl, with its exit code", func(t *testing.T) {
		out, err := kubectl("account", "status", "alice", "-n", s.ns).CombinedOutput()
		s.holds(string(out), "account/alice", s.email("alice"))
		if err != nil || bytes.Contains(out, []byte("\x1b")) {
			t.Errorf("%v, %q", err, out)
		}
		cmd := kubectl("account", "status", "bob", "-n", s.ns)
		if out, err = cmd.CombinedOutput(); err == nil || cmd.ProcessState.ExitCode() != 5 {
			t.Errorf("of no account: %v, %s", err, out)
		}
	})
	t.Run("kubectl completes commands, names and kinds", func(t *testing.T) {
		for _, c := range []struct{ args, want string }{
			{"preflight", "preflight-delete"},
			{"status -n " + s.ns + " a", "alice"},
			{"reconcile -n " + s.ns + " acct/", "acct/alice"},
			{"suspend env", "envvarset/"},
			{"status -n " + s.ns[:len(s.ns)-1], s.ns},
		} {
			out, err := kubectl(append([]string{"__complete", "account"}, strings.Fields(c.args)...)...).Output()
			if err != nil {
				t.Error(err)
			}
			s.holds(string(out), c.want)
		}
	})
	t.Run("on a terminal it colours and shows what it waits for", func(t *testing.T) {
		shown, err := terminal.Run(kubectl("account", "status", "alice", "-n", s.ns))
		s.must(err)
		s.holds(shown, "\x1b[32mTrue\x1b[39m")
		cmd := kubectl("account", "status", "alice", "-n", s.ns)
		cmd.Env = append(cmd.Env, "NO_COLOR=1")
		shown, err = terminal.Run(cmd)
		s.must(err)
		if strings.Contains(shown, "\x1b") {
			t.Errorf("with NO_COLOR: %q", shown)
		}
		s.account("carol", func(a *v1alpha1.Account) { a.Spec.ClassName = "nobody" })
		shown, _ = terminal.Run(kubectl("account", "reset-2fa", "carol", "-n", s.ns, "--timeout", "1s"))
		s.holds(shown, "waiting for accountaction/reset-2fa-", "no manager has looked at it yet")
		quiet, _ := kubectl("account", "reset-2fa", "carol", "-n", s.ns, "--timeout", "1s").CombinedOutput()
		if strings.Contains(string(quiet), "waiting for") {
			t.Errorf("without a terminal: %s", quiet)
		}
	})
}
