package realnode_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/account-operator/account-operator/test/await"
	"github.com/account-operator/account-operator/test/realnode"
)

// doomed is the variable that says which part this program plays: it starts a sandbox, or is what runs in it.
const doomed = "ACCOUNT_OPERATOR_REALNODE_DOOMED"

func playsDoomed(part string) {
	if part == "inside" {
		child := exec.Command("sh", "-c", "echo started $(cat /proc/sys/kernel/panic); exec sleep 1000")
		child.Stdout = os.Stdout
		fmt.Fprintln(os.Stderr, child.Run())
		os.Exit(1)
	}
	code, err := realnode.Enter(context.Background(), doomed+"=inside")
	fmt.Fprintln(os.Stderr, err)
	os.Exit(code)
}

// Given a sandbox, when the program that started it is killed and can do nothing more, then whatever ran in it is gone.
func TestSandbox_ItsProgramIsKilled_EndsWithIt(t *testing.T) {
	realnode.Need(t)
	program := exec.CommandContext(t.Context(), os.Args[0])
	program.Env = append(os.Environ(), doomed+"=outside")
	output, err := program.StdoutPipe() // which ends with the last that holds it
	if err != nil {
		t.Fatal(err)
	}
	if err := program.Start(); err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewReader(output)
	if line, err := lines.ReadString('\n'); !strings.HasPrefix(line, "started") {
		t.Fatal(line, err)
	}
	if err := program.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan struct{})
	go func() {
		_, _ = io.Copy(io.Discard, lines)
		close(ended)
	}()
	select {
	case <-ended:
	case <-time.After(time.Minute):
		t.Fatal("what ran in the sandbox outlives the program that started it")
	}
	_ = await.Result(t, program.Wait)
}

// Given control groups below those of a run, when the run is over, or the next begins after one that was killed, then none is left.
func TestCgroups_OfARun_AreRemoved(t *testing.T) {
	realnode.Need(t)
	for how, remove := range map[string]func(realnode.Cgroups) error{
		"by itself":   realnode.Cgroups.Remove,
		"by the next": func(realnode.Cgroups) error { realnode.Sweep("account-operator-realnode-test"); return nil },
	} {
		t.Run(how, func(t *testing.T) {
			groups, err := realnode.NewCgroups("account-operator-realnode-test")
			if err != nil {
				t.Fatal(err)
			}
			for _, folder := range groups.Folders() {
				if err := os.MkdirAll(filepath.Join(folder, "kubepods", "pod"), 0o755); err != nil {
					t.Fatal(err)
				}
			}
			if err := remove(groups); err != nil {
				t.Error(err)
			}
			for _, folder := range groups.Folders() {
				if _, err := os.Stat(folder); !errors.Is(err, fs.ErrNotExist) {
					t.Errorf("%s is left: %v", folder, err)
				}
			}
		})
	}
}

// Given a user without rights, when the tests run, then those that need Pods say why they are skipped.
func TestNeed_WithoutRoot_SkipsWithTheReason(t *testing.T) {
	realnode.Need(t)
	folder, err := local.NewFolder()
	if err != nil {
		t.Fatal(err)
	}
	program := filepath.Join(folder, "test")
	content, err := os.ReadFile(os.Args[0])
	if err = errors.Join(err, os.Chmod(folder, 0o755), os.WriteFile(program, content, 0o755)); err != nil {
		t.Fatal(err)
	}
	tests := exec.CommandContext(t.Context(), program, "-test.run=TestPods", "-test.v")
	tests.Env = []string{"PATH=" + os.Getenv("PATH"), "CI=true"}
	tests.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: 65534, Gid: 65534}}
	out, err := tests.CombinedOutput()
	if err != nil || !strings.Contains(string(out), "--- SKIP: TestPods") || !strings.Contains(string(out), "only root may run containers") {
		t.Errorf("%v\n%s", err, out)
	}
}
