package accountenv

import (
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
)

// Given an account with variables, when a command is started, then it has them in place of those that were there, the others as they were, and
// neither the token nor the name of its file.
func TestStart_Command_HasTheVariablesAndNoToken(t *testing.T) {
	s := newScene(t)
	t.Setenv(tokenFileVariable, s.tokenFile)
	for _, flags := range [][]string{nil, {"--watch"}} {
		r := s.start(`echo "$TOKEN $OTHER"; env | grep -c -e aot_ -e ACCOUNT_ENV; exit 7`, flags...)
		r.line("canary-1 kept")
		r.line("0")
		r.ends(7)
	}
}

// Given no --watch, when the command runs, then it is the process that was started: signals and exit status need nobody between.
func TestStart_WithoutWatch_BecomesTheCommand(t *testing.T) {
	r := newScene(t).start(`echo $$; exec sleep 1000`)
	r.line(strconv.Itoa(r.cmd.Process.Pid))
	r.send(syscall.SIGTERM)
	r.ends(-1) // as of any process that a signal ended
}

// Given variables that can change which code runs, or that no environment can hold, when a command is started, then it has none of them, and their
// names are said; one that was allowed it has.
func TestStart_VariableThatChangesTheCode_IsLeftOut(t *testing.T) {
	s := newScene(t)
	for _, name := range []string{"LD_PRELOAD", "PATH", "NODE_OPTIONS"} {
		s.set(name, "/canary.so")
	}
	r := s.start(`echo "[$LD_PRELOAD] $NODE_OPTIONS"; exec true`, "--allow-name=NODE_OPTIONS")
	r.line("[] /canary.so")
	r.ends(0)
	s.says("left out: LD_PRELOAD (it can change which code runs; --allow-name=LD_PRELOAD takes it), PATH (")
	if strings.Contains(s.log(), "NODE_OPTIONS") {
		t.Error("what was allowed is named")
	}
}

// Given an API that is away, when a command is to be started, then it is once the API is there.
func TestStart_APIIsAway_WaitsForIt(t *testing.T) {
	s := newScene(t)
	s.leave()
	r := s.start(`echo "$TOKEN"`)
	s.says("the variables cannot be read, waiting for it")
	s.serve()
	r.line("canary-1")
	r.ends(0)
}

// Given an account-env that waits for its API, when it is to end, then it does, and says by which signal.
func TestStart_SignalWhileTheAPIIsAway_Ends(t *testing.T) {
	s := newScene(t)
	s.leave()
	r := s.start(`echo started`)
	s.says("waiting for it")
	r.send(syscall.SIGTERM)
	r.ends(exitSignal + int(syscall.SIGTERM))
}

// Given how a command ends, or that it does not begin, then account-env ends with the status of env(1).
func TestExit_EachEnd_HasItsStatus(t *testing.T) {
	s := newScene(t)
	folder := t.TempDir()
	s.write(filepath.Join(folder, "text"), "no program")
	for _, c := range []struct {
		given   string
		command []string
		code    int
	}{
		{"success", []string{"true"}, 0},
		{"a status of its own", []string{"sh", "-c", "exit 42"}, 42},
		{"a signal", []string{"sh", "-c", "kill -9 $$"}, exitSignal + 9},
		{"no such command", []string{"no-such-command"}, exitNotFound},
		{"no such file", []string{folder + "/absent"}, exitNotFound},
		{"no program", []string{folder + "/text"}, exitNotRun},
	} {
		t.Run(c.given, func(*testing.T) { s.startCommand(c.command, "--watch").ends(c.code) })
	}
}

// Given signals, when account-env gets them, then its command does.
func TestSignals_Sent_ReachTheCommand(t *testing.T) {
	s := newScene(t)
	r := s.start(`for n in HUP INT QUIT USR1 USR2; do trap "echo $n" $n; done; trap "echo TERM; exit 3" TERM; echo ready; while :; do sleep 0.05; done`, "--watch")
	r.line("ready")
	for name, number := range map[string]syscall.Signal{"HUP": syscall.SIGHUP, "USR1": syscall.SIGUSR1, "USR2": syscall.SIGUSR2, "INT": syscall.SIGINT, "QUIT": syscall.SIGQUIT} {
		r.send(number)
		r.line(name)
	}
	r.send(syscall.SIGTERM)
	r.line("TERM")
	r.ends(3)
}

// Given the program for instances, then it has nothing of Kubernetes in it.
func TestProgram_Links_NothingOfKubernetes(t *testing.T) {
	out, err := exec.CommandContext(t.Context(), "go", "list", "-deps", "../../cmd/account-env").Output()
	if err != nil {
		t.Fatal(err)
	}
	packages := strings.Fields(string(out))
	for _, p := range packages {
		if strings.HasPrefix(p, "k8s.io/") || strings.HasPrefix(p, "sigs.k8s.io/") {
			t.Errorf("it links %s", p)
		}
	}
	if len(packages) < 50 {
		t.Errorf("only %d packages", len(packages))
	}
}
