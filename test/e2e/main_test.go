// Package e2e_test tests the built manager as a black box: on a real control
// plane, on both stores, killed and frozen where it hurts.
package e2e_test

import (
	"context"
	"fmt"
	"os"
	"testing"

	"github.com/go-logr/logr"
	ctrl "sigs.k8s.io/controller-runtime"

	"github.com/account-operator/account-operator/test/cluster"
	"github.com/account-operator/account-operator/test/cluster/process"
	"github.com/account-operator/account-operator/test/manager"
	"github.com/account-operator/account-operator/test/network"
	"github.com/account-operator/account-operator/test/node"
	"github.com/account-operator/account-operator/test/postgres"
)

// What all tests share: each has a namespace, a store and managers of its own.
var (
	local    *cluster.Cluster
	kubelet  *node.Kubelet // of local
	server   *postgres.Server
	binary   manager.Binary
	managers *process.Group // ends the managers when this program is killed
	programs string         // folder of what is built
)

func TestMain(m *testing.M) {
	os.Exit(run(m))
}

func run(m *testing.M) int {
	// A program with the race detector would wait for a second before it exits.
	if err := os.Setenv("GORACE", "atexit_sleep_ms=0"); err != nil {
		return failed(err)
	}
	ctrl.SetLogger(logr.Discard()) // clients of this program have nothing to say
	var err error
	if programs, err = os.MkdirTemp("", "account-operator-e2e-"); err != nil {
		return failed(err)
	}
	defer func() { _ = os.RemoveAll(programs) }()
	if binary, err = manager.BuildManager(context.Background(), programs, manager.AsTested...); err != nil {
		return failed(err)
	}
	if managers, err = process.NewGroup(); err != nil {
		return failed(err)
	}
	onCluster := func() int {
		return cluster.Main(func() int { return onNode(m.Run) }, cluster.Options{CRDs: []string{"config/crd/bases"}, Audit: true},
			func(c *cluster.Cluster) { local = c }, network.Left()...)
	}
	code := postgres.Main(onCluster, postgres.Options{}, func(s *postgres.Server) { server = s }, network.Left()...)
	if err := managers.Close(); err != nil {
		return failed(err)
	}
	return code
}

// onNode runs the tests beside a node that reports their managers as of Pods.
func onNode(run func() int) int {
	api, err := local.Client()
	if err != nil {
		return failed(err)
	}
	if kubelet, err = node.NewKubelet(context.Background(), api, "local"); err != nil {
		return failed(err)
	}
	defer kubelet.Close()
	return run()
}

func failed(err error) int {
	fmt.Fprintln(os.Stderr, err)
	return 1
}
