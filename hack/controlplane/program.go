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
	name   string
	pkg    string
	module string // folder with the go.mod that it is built by
}

// set is what is built together.
type set struct {
	name     string
	parts    string // in words
	cold     string // how long it takes with an empty build cache, on two cores
	programs []program
}

// sets by what build.sh is called with. Programs stand in the order of building. The API server comes early because what it
// compiles is most of what the others need.
var sets = map[string]set{
	"controlplane": {"controlplane", "etcd and Kubernetes", "7 minutes", []program{
		{"etcd", "go.etcd.io/etcd/server/v3", "."},
		{"kube-apiserver", "k8s.io/kubernetes/cmd/kube-apiserver", "."},
		{"kube-controller-manager", "k8s.io/kubernetes/cmd/kube-controller-manager", "."},
		{"kubectl", "k8s.io/kubernetes/cmd/kubectl", "."},
	}},
	// What runs Pods. containerd wants other versions of what Kubernetes is made of: it has a module of its own.
	"node": {"node", "containerd and the node of Kubernetes", "3 minutes after make controlplane", []program{
		{"kubelet", "k8s.io/kubernetes/cmd/kubelet", "."},
		{"kube-scheduler", "k8s.io/kubernetes/cmd/kube-scheduler", "."},
		{"kube-proxy", "k8s.io/kubernetes/cmd/kube-proxy", "."},
		{"containerd", "github.com/containerd/containerd/v2/cmd/containerd", "../containerd"},
		{"containerd-shim-runc-v2", "github.com/containerd/containerd/v2/cmd/containerd-shim-runc-v2", "../containerd"},
		{"ctr", "github.com/containerd/containerd/v2/cmd/ctr", "../containerd"},
	}},
}

// linkerFlags make the programs of Kubernetes report their release. Without them the API server
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
	bin, err := filepath.Abs(bin) // the module may be another
	if err != nil {
		return err
	}
	temporary := filepath.Join(bin, ".building-"+p.name)
	defer func() { _ = os.Remove(temporary) }()

	progress.of(p.countPackages(ctx))
	var failure bytes.Buffer
	cmd := p.goCommand(ctx, "build", "-v", "-trimpath", "-buildvcs=false",
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

// countPackages returns how many packages a program consists of, or 0 if that
// is unknown: it only serves the progress shown.
func (p program) countPackages(ctx context.Context) int {
	out, err := p.goCommand(ctx, "list", "-deps", p.pkg).Output()
	if err != nil {
		return 0
	}
	return bytes.Count(out, []byte("\n"))
}

// goCommand is go in the program's module.
func (p program) goCommand(ctx context.Context, args ...string) *exec.Cmd {
	cmd := goCommand(ctx, args...)
	cmd.Dir = p.module
	return cmd
}

func goCommand(ctx context.Context, args ...string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, "go", args...)
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0")
	// Interrupted rather than killed, go removes its own working folder.
	cmd.Cancel = func() error { return cmd.Process.Signal(syscall.SIGINT) }
	cmd.WaitDelay = 10 * time.Second
	return cmd
}
