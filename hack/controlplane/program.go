package main

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"time"
)

type program struct {
	name string
	pkg  string
}

// programs stand in the order of building. The API server comes early because
// what it compiles is most of what the others need.
var programs = []program{
	{"etcd", "go.etcd.io/etcd/server/v3"},
	{"kube-apiserver", "k8s.io/kubernetes/cmd/kube-apiserver"},
	{"kube-controller-manager", "k8s.io/kubernetes/cmd/kube-controller-manager"},
	{"kubectl", "k8s.io/kubernetes/cmd/kubectl"},
}

// linkerFlags make the programs tell their release. Without them the API server
// calls itself v0.0.0, and clients that look at the version misjudge it.
func linkerFlags(version string) string {
	flags := []string{"-s", "-w"}
	numbers := strings.SplitN(strings.TrimPrefix(version, "v"), ".", 3)
	for _, pkg := range []string{"k8s.io/component-base/version", "k8s.io/client-go/pkg/version"} {
		flags = append(flags,
			fmt.Sprintf("-X %s.gitVersion=%s", pkg, version),
			fmt.Sprintf("-X %s.gitMajor=%s", pkg, numbers[0]),
			fmt.Sprintf("-X %s.gitMinor=%s", pkg, numbers[1]),
			fmt.Sprintf("-X %s.gitCommit=", pkg))
	}
	return strings.Join(flags, " ")
}

// build compiles p under a temporary name and then renames it, so that bin
// never holds half a program.
func (p program) build(ctx context.Context, bin, kubernetes string, progress *progress) error {
	temporary := filepath.Join(bin, ".building-"+p.name)
	defer func() { _ = os.Remove(temporary) }()

	progress.of(countPackages(ctx, p.pkg))
	var failure bytes.Buffer
	cmd := goCommand(ctx, "build", "-v", "-trimpath", "-buildvcs=false",
		"-ldflags", linkerFlags(kubernetes), "-o", temporary, p.pkg)
	stderr, err := cmd.StderrPipe()
	if err != nil {
		return err
	}
	if err := cmd.Start(); err != nil {
		return err
	}
	progress.begin()
	for lines := bufio.NewScanner(stderr); lines.Scan(); {
		if !progress.saw(lines.Text()) {
			fmt.Fprintln(&failure, lines.Text())
		}
	}
	err = cmd.Wait()
	progress.end(err == nil)
	if ctx.Err() != nil {
		return errors.New("interrupted; what is compiled so far is kept, run it again to go on")
	}
	if err != nil {
		return fmt.Errorf("go build %s: %w\n%s", p.pkg, err, failure.Bytes())
	}
	return os.Rename(temporary, filepath.Join(bin, p.name))
}

// countPackages tells how many packages a program consists of, or 0 if that
// cannot be told: it only serves the progress shown.
func countPackages(ctx context.Context, pkg string) int {
	out, err := goCommand(ctx, "list", "-deps", pkg).Output()
	if err != nil {
		return 0
	}
	return bytes.Count(out, []byte("\n"))
}

func goCommand(ctx context.Context, args ...string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, "go", args...)
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0")
	// Interrupted rather than killed, go removes its own working folder.
	cmd.Cancel = func() error { return cmd.Process.Signal(syscall.SIGINT) }
	cmd.WaitDelay = 10 * time.Second
	return cmd
}
