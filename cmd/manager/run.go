package main

import (
	"context"
	"errors"
	"fmt"

	"k8s.io/client-go/rest"
	ctrl "sigs.k8s.io/controller-runtime"
	"sigs.k8s.io/controller-runtime/pkg/healthz"
	"sigs.k8s.io/controller-runtime/pkg/log/zap"
	ctrlmetrics "sigs.k8s.io/controller-runtime/pkg/metrics"
	"sigs.k8s.io/controller-runtime/pkg/metrics/filters"
	metricsserver "sigs.k8s.io/controller-runtime/pkg/metrics/server"

	"github.com/account-operator/account-operator/internal/controller"
	"github.com/account-operator/account-operator/internal/controller/clusterview"
	"github.com/account-operator/account-operator/internal/controller/leader"
	"github.com/account-operator/account-operator/internal/logs"
	"github.com/account-operator/account-operator/internal/store/sqlstore"
	"github.com/account-operator/account-operator/internal/storerecord"
)

// run works until ctx ends or the manager must not go on.
func run(ctx context.Context, c config) error {
	keepSmall()
	ctrl.SetLogger(logs.Bounded(zap.New(zap.UseFlagOptions(&c.zap))))
	if err := c.check(); err != nil {
		return err
	}
	cluster, err := clusterConfig(c.kubeconfig)
	if err != nil {
		return err
	}
	if err := c.awaitKeyset(ctx, c.managersHealth); err != nil || ctx.Err() != nil {
		return err
	}
	// What a frozen manager holds locked must be let go before its successor's Lease begins to matter.
	limit := c.lease.duration * 2 / 3
	backing, err := c.open(ctx, sqlstore.Options{StatementTimeout: limit, IdleTimeout: limit / 2, MailRate: c.rate, SignIn: c.signIn, WithoutPasswords: c.withoutPasswords(), WithoutSignInMails: !c.mailed})
	if err != nil {
		return err
	}
	defer func() { _ = backing.Close() }()
	return reconcile(ctx, c, cluster, backing)
}

// reconcile has a manager bring the cluster's objects into the store.
func reconcile(ctx context.Context, c config, cluster *rest.Config, backing *sqlstore.Store) error {
	if err := checkCluster(ctx, c, cluster); err != nil {
		return err
	}
	lock, err := newLease(c, cluster)
	if err != nil {
		return err
	}
	record, err := c.remembered(ctx, cluster, backing)
	if err != nil {
		return err
	}
	mgr, err := newManager(ctx, c, cluster, lock, backing, record)
	if err != nil {
		return err
	}
	ctrl.Log.Info("starting", "version", version, "driver", backing.Capabilities().Driver, "class", c.class)
	err = mgr.Start(ctx)
	if ctx.Err() == nil && lock.ended(err) {
		return errors.Join(errLostLease, err)
	}
	return explained(c, err)
}

// checkCluster refuses a cluster that this manager cannot work with as it is.
func checkCluster(ctx context.Context, c config, cluster *rest.Config) error {
	if err := checkKinds(ctx, cluster); err != nil {
		return err
	}
	needed, err := c.needed()
	if err != nil {
		return err
	}
	return checkRights(ctx, cluster, needed)
}

func newManager(ctx context.Context, c config, cluster *rest.Config, lock *lease, backing *sqlstore.Store, record *storerecord.Record) (ctrl.Manager, error) {
	watchBroke := make(chan struct{}, 1)
	leads := &leader.Proof{}
	mgr, err := ctrl.NewManager(guarded(cluster, lock.proof(leads)), managerOptions(c, lock, watchBroke))
	if err != nil {
		return nil, fmt.Errorf("make the manager: %w", inUse(c, err))
	}
	for _, add := range []func(string, healthz.Checker) error{mgr.AddHealthzCheck, mgr.AddReadyzCheck} {
		if err := add("ping", healthz.Ping); err != nil {
			return nil, fmt.Errorf("add a health check: %w", err)
		}
	}
	id, err := clusterID(ctx, c, mgr.GetAPIReader())
	if err != nil {
		return nil, err
	}
	endpoints, err := c.endpoints()
	if err != nil {
		return nil, err
	}
	o := controller.Options{
		Store: backing, Prepare: prepare(backing), Record: record, ClusterID: id, Class: c.class, RequireConsent: c.requireConsent, Lease: c.leaseName(),
		WatchBroke:  watchBroke,
		Metrics:     ctrlmetrics.Registry,
		Concurrency: c.concurrency, Resync: c.resync, ReconcileTimeout: c.reconcileTimeout,
		MaxBackoff: c.maxBackoff, RecoveryWindow: c.recoveryWindow,
		AllowEndpoints: endpoints, ProbeTimeout: c.probeTimeout,
	}
	if o.Proof = leads; lock != nil {
		o.HoldsLease = lock.holds
	}
	if err := holders(c, &o); err != nil {
		return nil, err
	}
	if err := serve(ctx, c, mgr, backing); err != nil {
		return nil, err
	}
	return mgr, controller.Setup(ctx, mgr, o)
}

// prepare is what a store needs before it is led.
func prepare(backing *sqlstore.Store) func(context.Context) error {
	return func(ctx context.Context) error {
		if err := backing.Migrate(ctx); err != nil {
			return err
		}
		return backing.BringSeeds(ctx)
	}
}

// serve adds what listens to others than the cluster: the pages, and the readers' API.
func serve(ctx context.Context, c config, mgr ctrl.Manager, backing *sqlstore.Store) error {
	shown, err := c.brand()
	if err != nil {
		return err
	}
	c.mails = c.serverFile != ""
	if err := c.serve(ctx, mgr, backing, shown, ctrlmetrics.Registry, &c.probeConfig); err != nil {
		return err
	}
	return c.serveReaders(ctx, mgr, backing)
}

// holders sets what concerns the account holders: their mails, and the links for those whom they invite.
func holders(c config, o *controller.Options) (err error) {
	if o.ReferralURL, err = c.referral(); err != nil {
		return err
	}
	pages, err := c.pages()
	if err != nil {
		return err
	}
	shown, err := c.brand()
	if err != nil {
		return err
	}
	sender, err := c.sender(pages, shown, o.Metrics)
	if sender != nil {
		o.Sender, o.SendsLinks = sender, pages != nil
	}
	return err
}

func managerOptions(c config, lock *lease, watchBroke chan<- struct{}) ctrl.Options {
	o := ctrl.Options{
		Scheme:                 knownKinds(),
		Cache:                  clusterview.CacheOptions(c.watchNamespaces, watchBroke),
		HealthProbeBindAddress: c.healthAddress,
		PprofBindAddress:       c.diagnostics,
		Metrics:                metricsserver.Options{BindAddress: c.metricsAddress, SecureServing: c.metricsSecure},
	}
	if c.metricsSecure {
		o.Metrics.FilterProvider = filters.WithAuthenticationAndAuthorization
	}
	if lock != nil {
		o.LeaderElection = true
		o.LeaderElectionID = c.leaseName()
		o.LeaderElectionResourceLockInterface = lock
		o.LeaderElectionReleaseOnCancel = true
		o.LeaseDuration, o.RenewDeadline, o.RetryPeriod = &c.lease.duration, &c.lease.renewDeadline, &c.lease.retryPeriod
	}
	return o
}
