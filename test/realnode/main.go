// Package realnode runs Pods on this machine: containerd, runc, the kubelet, kube-proxy and the scheduler beside the control plane of
// test/cluster, all in one sandbox that ends with the tests and leaves nothing behind. It needs root and Linux.
//
// There is no DNS, and no NetworkPolicy holds.
package realnode

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"github.com/account-operator/account-operator/test/cluster/process"
	"github.com/account-operator/account-operator/test/leaks"
)

const (
	prefix = "account-operator-realnode"
	// inside says in which folder a program that runs in the sandbox finds what was prepared, and is also the name of its control groups.
	inside = "ACCOUNT_OPERATOR_REALNODE"
	// startLimit is for everything together, on a busy machine.
	startLimit = 5 * time.Minute
)

// unavailable is why no Pod can run.
var unavailable error

// Main is the body of a TestMain: it runs the package's tests in a sandbox, on a node that use is handed. Where there can be none, it
// runs them outside, and each that calls Need is skipped.
func Main(m *testing.M, use func(*Node)) int {
	if folder := os.Getenv(inside); folder != "" {
		return leaks.Main(func() int { return onNode(m.Run, folder, use) })
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if unavailable = cannot(ctx); unavailable == nil {
		unavailable = lacks()
		if unavailable != nil && os.Getenv("CI") == "true" {
			return failed(unavailable) // nobody would notice what is skipped there
		}
	}
	if unavailable != nil {
		return m.Run()
	}
	code, err := inSandbox(ctx)
	if err != nil {
		return failed(err)
	}
	return code
}

// Need skips a test where no Pod can run.
func Need(t *testing.T) {
	t.Helper()
	if unavailable != nil {
		t.Skip(unavailable)
	}
}

func failed(err error) int {
	fmt.Fprintln(os.Stderr, err)
	return 1
}

// inSandbox prepares what the node needs and cannot make in the sandbox, which has no network, and runs the tests there.
func inSandbox(ctx context.Context) (code int, err error) {
	folder, err := process.TemporaryFolder(prefix)
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, folder.Close()) }()
	if err := prepare(ctx, folder.Path); err != nil {
		return 0, err
	}
	sweep(prefix)
	cgroups, err := newCgroups(filepath.Base(folder.Path))
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, cgroups.remove()) }()
	return enter(ctx, inside+"="+folder.Path)
}

// onNode runs the tests with a node.
func onNode(run func() int, folder string, use func(*Node)) (code int) {
	ctx, cancel := context.WithTimeout(context.Background(), startLimit)
	defer cancel()
	n, err := start(ctx, folder)
	if err != nil {
		return failed(err)
	}
	defer func() {
		if err := n.stop(); err != nil {
			code = failed(err)
		}
	}()
	use(n)
	// Tests on a node mostly wait. How many may do so at once is not for the number of cores to say.
	flag.Parse()
	if err := flag.Set("test.parallel", "4"); err != nil {
		return failed(err)
	}
	return run()
}
