package main

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"

	"github.com/account-operator/account-operator/test/await"
	"github.com/account-operator/account-operator/test/cluster/process"
)

func TestTour_Steps_Happen(t *testing.T) {
	shown := &transcript{}
	if err := tour(t.Context(), newSite(t), &screen{out: shown}); err != nil {
		t.Fatalf("%v; shown:\n%s", err, shown)
	}
	for _, measured := range []string{`=> \d+(\.\d)? ms after the API server got the new Secret, the store had`, `=> \d+(\.\d)? ms after the API server got the new Secret, the process had`, `=> \d+(\.\d)? ms after the row was gone`} {
		if !regexp.MustCompile(measured).MatchString(shown.String()) {
			t.Errorf("nothing like %q was shown:\n%s", measured, shown)
		}
	}
	// The values of the Secrets in config/samples and of their rotation.
	shown.holdsNot(t, "replace-me", "made-up-and-rotated", "aok_", "aot_", "FAILED", "\033")
	shown.holds(t, excerpt(t)...)
	nothingLeft(t, shown)
}

// nothingLeft looks for the folder that the commands named.
func nothingLeft(t *testing.T, shown *transcript) {
	t.Helper()
	folder := regexp.MustCompile(`--kubeconfig=(\S*)/manager\.kubeconfig`).FindStringSubmatch(shown.String())
	if folder == nil {
		t.Fatalf("no folder was named:\n%s", shown)
	}
	if _, err := os.Stat(folder[1]); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("%s: %v, want it gone", folder[1], err)
	}
}

func TestTour_Interrupted_CleansUp(t *testing.T) {
	shown := &transcript{}
	ctx, interrupt := context.WithCancel(t.Context())
	defer interrupt()
	ended := make(chan error, 1)
	go func() { ended <- tour(ctx, newSite(t), &screen{out: shown}) }()
	shown.await(t, "$ kubectl wait")
	interrupt()
	if err := await.Value(t, ended); err == nil {
		t.Error("the tour says that every step happened")
	}
	shown.holds(t, "interrupted; stopping everything")
	nothingLeft(t, shown)
}

// playOn opens a stage in a temporary folder and plays steps on it, as the tour does.
func playOn(t *testing.T, site site, steps []step) (*transcript, error) {
	t.Helper()
	shown := &transcript{}
	running, fail := context.WithCancelCause(t.Context())
	defer fail(nil)
	folder, err := process.TemporaryFolder("account-operator-demo-test")
	if err != nil {
		t.Fatal(err)
	}
	s, err := open(site, folder, &screen{out: shown}, fail)
	if err != nil {
		t.Fatal(err)
	}
	if err := s.play(running, steps); err != nil {
		return shown, s.abandon(t.Context(), err)
	}
	return shown, s.close()
}

func TestTour_ManagerEnds_Ends(t *testing.T) {
	site := newSite(t)
	steps := append(append([]step{}, opening...), step{title: "It is killed", do: []action{
		func(_ context.Context, s *stage) error { return s.manager.Signal(syscall.SIGKILL) },
		run("kubectl apply -k config/samples"),
		run("kubectl wait --for=condition=Ready --timeout=90s account/alice"),
	}})
	shown, err := playOn(t, site, steps)
	if !errors.Is(err, errManagerEnded) {
		t.Errorf("error %v, want %v", err, errManagerEnded)
	}
	kept := filepath.Join(site.kept, "last-failure")
	shown.holds(t, `FAILED: step 4 of 4, "It is killed": the manager ended`, "lines of the manager's log:", "are kept in "+kept, "stopping everything")
	for _, name := range []string{"manager.log", "kube-apiserver.log", "etcd.log"} {
		if _, err := os.Stat(filepath.Join(kept, name)); err != nil {
			t.Error(err)
		}
	}
	nothingLeft(t, shown)
}

func TestTour_StepDoesNotHappen_IsReported(t *testing.T) {
	empty := step{title: "A step"}
	for _, c := range []struct {
		name string
		do   action
		says string
	}{
		{"a command that fails", run("exit 3"), "the command ended with exit status 3"},
		{"a command that is not there", run("no-such-program"), "the command ended with exit status 127"},
		{"other words", run("echo no", "yes"), `what it printed does not hold "yes"`},
		{"accepted by mistake", refused("true"), "it was accepted, and should have been refused"},
		{"refused for another reason", refused("echo no; false", "yes"), `what it printed does not hold "yes"`},
	} {
		t.Run(c.name, func(t *testing.T) {
			failing := empty
			failing.do = []action{c.do, say("never said")}
			shown, err := playOn(t, newSite(t), []step{empty, failing})
			if err == nil || !strings.Contains(err.Error(), c.says) {
				t.Errorf("error %v, want one that says %q", err, c.says)
			}
			shown.holds(t, `FAILED: step 2 of 2, "A step": `+c.says)
			shown.holdsNot(t, "never said")
		})
	}
}
