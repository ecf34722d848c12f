// Package chart_test installs the chart with Helm on a real API server, and runs the manager as the installed Deployment's Pod
// would.
package chart_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/go-logr/logr"
	"k8s.io/apimachinery/pkg/runtime"
	clientgoscheme "k8s.io/client-go/kubernetes/scheme"
	ctrl "sigs.k8s.io/controller-runtime"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/account-operator/account-operator/api/v1alpha1"
	"github.com/account-operator/account-operator/test/cluster"
	"github.com/account-operator/account-operator/test/manager"
	"github.com/account-operator/account-operator/test/postgres"
	"github.com/account-operator/account-operator/test/tool"
)

const root = "../.."

// What all tests share.
var (
	local     *cluster.Cluster
	admin     client.Client
	databases *postgres.Server
	program   string // helm
	binary    manager.Binary
)

func TestMain(m *testing.M) { os.Exit(runTests(m)) }

func runTests(m *testing.M) int {
	ctrl.SetLogger(logr.Discard()) // clients of this program have nothing to say
	folder, err := os.MkdirTemp("", "account-operator-chart-")
	if err != nil {
		return failed(err)
	}
	defer func() { _ = os.RemoveAll(folder) }()
	if err := prepare(folder); err != nil {
		return failed(err)
	}
	onCluster := func() int { return cluster.Main(m.Run, cluster.Options{Audit: true}, use) }
	return postgres.Main(onCluster, postgres.Options{}, func(s *postgres.Server) { databases = s })
}

func failed(err error) int {
	fmt.Fprintln(os.Stderr, err)
	return 1
}

// prepare builds what the tests run. Helm writes what it remembers into the folder.
func prepare(folder string) (err error) {
	for _, name := range []string{"HELM_CACHE_HOME", "HELM_CONFIG_HOME", "HELM_DATA_HOME"} {
		if err := os.Setenv(name, filepath.Join(folder, name)); err != nil {
			return err
		}
	}
	if program, err = tool.Build(context.Background(), filepath.Join(root, "hack", "helm"), "helm"); err != nil {
		return err
	}
	binary, err = manager.BuildManager(context.Background(), folder)
	return err
}

func use(c *cluster.Cluster) {
	local = c
	scheme := runtime.NewScheme()
	err := errors.Join(clientgoscheme.AddToScheme(scheme), v1alpha1.AddToScheme(scheme))
	if err == nil {
		admin, err = client.New(c.Config(), client.Options{Scheme: scheme})
	}
	if err != nil {
		panic(err)
	}
}
