// Command floor is a bare controller that does the least any operator could do
// for an EnvVarSet: the finalizer, one read of its Secret, one transaction, one
// status. It seals nothing, claims nothing, checks nothing and forgives nothing.
// The benchmark measures the manager against it, since times alone say more of
// the machine they were taken on.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"syscall"

	"github.com/go-logr/logr"
	"k8s.io/apimachinery/pkg/runtime"
	clientgoscheme "k8s.io/client-go/kubernetes/scheme"
	"k8s.io/client-go/tools/clientcmd"
	ctrl "sigs.k8s.io/controller-runtime"
	"sigs.k8s.io/controller-runtime/pkg/cache"
	metricsserver "sigs.k8s.io/controller-runtime/pkg/metrics/server"

	"github.com/account-operator/account-operator/api/v1alpha1"
)

func main() {
	store := flag.String("store", "", "as the manager's")
	metrics := flag.String("metrics-bind-address", "0", "as the manager's")
	for _, ignored := range []string{"seal-keyset-file", "health-probe-bind-address", "metrics-secure"} {
		flag.String(ignored, "", "taken and ignored, so that both are started alike")
	}
	flag.Parse()
	ctrl.SetLogger(logr.Discard())
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGINT, syscall.SIGTERM)
	err := run(ctx, flag.Lookup("kubeconfig").Value.String(), *store, *metrics)
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "floor:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, kubeconfig, address, metrics string) error {
	config, err := clientcmd.BuildConfigFromFlags("", kubeconfig)
	if err != nil {
		return err
	}
	config.UserAgent, config.QPS = "floor", -1
	db, err := open(ctx, address)
	if err != nil {
		return err
	}
	defer db.close()
	scheme := runtime.NewScheme()
	_ = clientgoscheme.AddToScheme(scheme) // both only fail for types registered twice
	_ = v1alpha1.AddToScheme(scheme)
	mgr, err := ctrl.NewManager(config, ctrl.Options{
		Scheme: scheme, Metrics: metricsserver.Options{BindAddress: metrics},
		Cache: cache.Options{DefaultTransform: cache.TransformStripManagedFields()},
	})
	if err != nil {
		return err
	}
	if err := setup(ctx, mgr, db); err != nil {
		return err
	}
	return mgr.Start(ctx)
}
