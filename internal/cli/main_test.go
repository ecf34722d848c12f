package cli_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"github.com/go-logr/logr"
	"github.com/prometheus/client_golang/prometheus"
	"go.uber.org/goleak"
	"k8s.io/apimachinery/pkg/runtime"
	clientgoscheme "k8s.io/client-go/kubernetes/scheme"
	ctrl "sigs.k8s.io/controller-runtime"
	"sigs.k8s.io/controller-runtime/pkg/envtest"
	metricsserver "sigs.k8s.io/controller-runtime/pkg/metrics/server"

	"github.com/account-operator/account-operator/api/v1alpha1"
	"github.com/account-operator/account-operator/internal/controller"
	"github.com/account-operator/account-operator/internal/controller/clusterview"
	"github.com/account-operator/account-operator/internal/seal"
	"github.com/account-operator/account-operator/internal/store/sqlstore"
	"github.com/account-operator/account-operator/test/cluster"
)

// What all tests share: each has a namespace of its own.
var (
	local    *cluster.Cluster
	database string // file of the manager's store
	// withoutKinds is what the plugin said before the kinds were installed.
	withoutKinds result
)

func TestMain(m *testing.M) {
	ctrl.SetLogger(logr.Discard())
	run := func() int {
		code, err := withManager(m.Run)
		if err != nil {
			fmt.Fprintln(os.Stderr, err)
			return 1
		}
		return code
	}
	os.Exit(cluster.Main(run, cluster.Options{}, func(c *cluster.Cluster) { local = c },
		// client-go's event broadcaster does not end its watchers when it is shut down with events on their way.
		goleak.IgnoreTopFunction("k8s.io/apimachinery/pkg/watch.(*filteredWatch).loop")))
}

// withManager runs the tests beside a manager that serves objects without a class.
func withManager(run func() int) (code int, err error) {
	folder, err := os.MkdirTemp("", "account-operator-cli-")
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(folder)) }()
	withoutKinds = plugin(context.Background(), local.Kubeconfig(), folder, "status", "alice")
	if err := install(); err != nil {
		return 0, err
	}
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	database = filepath.Join(folder, "accounts.db")
	ended, err := startManager(ctx)
	if err != nil {
		return 0, err
	}
	code = run()
	cancel()
	select {
	case err = <-ended:
	case <-time.After(time.Minute):
		err = errors.New("the manager does not end")
	}
	return code, err
}

func install() error {
	options := envtest.CRDInstallOptions{Paths: []string{"../../config/crd/bases"}, ErrorIfPathMissing: true}
	if _, err := envtest.InstallCRDs(local.Config(), options); err != nil {
		return err
	}
	roles := exec.Command(local.Kubectl(), "--kubeconfig", local.Kubeconfig(), "apply", "-f", "../../config/rbac/user_roles.yaml")
	if out, err := roles.CombinedOutput(); err != nil {
		return fmt.Errorf("installing the roles of users: %w: %s", err, out)
	}
	return nil
}

func startManager(ctx context.Context) (ended chan error, err error) {
	keyset, err := seal.NewKeyset()
	if err != nil {
		return nil, err
	}
	sealer, err := seal.Load(keyset)
	if err != nil {
		return nil, err
	}
	backing, err := sqlstore.Open(ctx, "sqlite://"+database, sqlstore.Options{Sealer: sealer, RecoveryWindow: time.Hour})
	if err != nil {
		return nil, err
	}
	mgr, err := ctrl.NewManager(local.Config(), ctrl.Options{
		Scheme: scheme(), Cache: clusterview.CacheOptions(nil, nil), Metrics: metricsserver.Options{BindAddress: "0"}, HealthProbeBindAddress: "0",
	})
	if err != nil {
		return nil, err
	}
	err = controller.Setup(ctx, mgr, controller.Options{
		Store: backing, Prepare: backing.Migrate, ClusterID: "test", Lease: "account-operator", Concurrency: 4,
		Metrics: prometheus.NewRegistry(),
		Resync:  10 * time.Minute, ReconcileTimeout: 30 * time.Second, MaxBackoff: time.Second, RecoveryWindow: time.Hour,
	})
	if err != nil {
		return nil, err
	}
	ended = make(chan error, 1)
	go func() { ended <- errors.Join(mgr.Start(ctx), backing.Close()) }()
	return ended, nil
}

func scheme() *runtime.Scheme {
	s := runtime.NewScheme()
	_ = clientgoscheme.AddToScheme(s)
	_ = v1alpha1.AddToScheme(s)
	return s
}
