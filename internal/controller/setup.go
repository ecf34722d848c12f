package controller

import (
	"context"
	"crypto/x509"
	"fmt"
	"net/netip"
	"time"

	"k8s.io/client-go/util/workqueue"
	ctrl "sigs.k8s.io/controller-runtime"
	"sigs.k8s.io/controller-runtime/pkg/builder"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/controller"
	"sigs.k8s.io/controller-runtime/pkg/manager"
	"sigs.k8s.io/controller-runtime/pkg/predicate"
	"sigs.k8s.io/controller-runtime/pkg/reconcile"

	"github.com/account-operator/account-operator/api/v1alpha1"
	"github.com/account-operator/account-operator/internal/source"
	"github.com/account-operator/account-operator/internal/store"
)

// Options of the controllers.
type Options struct {
	Store     store.Store
	ClusterID string // identity in every claim
	Class     string // serves objects of this class only
	// RequireConsent takes values only from Secrets that carry the label source.AllowSync.
	RequireConsent bool
	Lease          string // name of the Lease that elects, also without election
	// Prepare is called once this manager is elected and before it takes the lead in the store; it migrates the schema.
	Prepare func(context.Context) error
	// HoldsLease reads the Lease live and fails unless this manager holds it; nil without leader election.
	HoldsLease func(context.Context) error

	Concurrency      int // passes at once, a kind
	Resync           time.Duration
	ReconcileTimeout time.Duration
	MaxBackoff       time.Duration
	RecoveryWindow   time.Duration

	// AllowEndpoints are addresses inside the network at which connections may be verified.
	AllowEndpoints []netip.Prefix
	ProbeTimeout   time.Duration // how long a provider has to answer; zero: 10 seconds
	VerifyEvery    time.Duration // how often, with verification Periodic; zero: an hour
	// RootCAs and Dropbox are for tests, in which other servers stand in for the providers.
	RootCAs *x509.CertPool
	Dropbox string
}

const firstBackoff = 50 * time.Millisecond

// Setup wires leading and the three controllers into the manager. The manager's cache must have CacheOptions.
func Setup(ctx context.Context, mgr ctrl.Manager, o Options) error {
	s, err := newSetup(ctx, mgr, o)
	if err != nil {
		return err
	}
	if err := mgr.Add(s.leading); err != nil {
		return fmt.Errorf("add leading: %w", err)
	}
	if err := add(s, &v1alpha1.Account{}, store.KindAccount, &accounts{s.world, s.leading},
		watchNamespaces(s, &v1alpha1.AccountList{})); err != nil {
		return err
	}
	if err := add(s, &v1alpha1.EnvVarSet{}, store.KindEnvVarSet, &envVarSets{s.world, s.leading},
		watchEnvVarSets(s)); err != nil {
		return err
	}
	verifier := newVerifier(o, s.leading.queues)
	if err := mgr.Add(manager.RunnableFunc(verifier.pool.Run)); err != nil {
		return fmt.Errorf("add the pool that verifies connections: %w", err)
	}
	return add(s, &v1alpha1.CloudConnection{}, store.KindCloudConnection, &cloudConnections{s.world, s.leading, verifier},
		watchChild(s, &v1alpha1.CloudConnectionList{}, "Secret"))
}

// setup is what the controllers share while they are wired.
type setup struct {
	Options
	mgr     ctrl.Manager
	world   *world
	leading *leading
}

func newSetup(ctx context.Context, mgr ctrl.Manager, o Options) (*setup, error) {
	cached := mgr.GetCache()
	if err := cached.IndexField(ctx, &v1alpha1.EnvVarSet{}, refersTo, indexEnvVarSet); err != nil {
		return nil, fmt.Errorf("index EnvVarSets: %w", err)
	}
	if err := cached.IndexField(ctx, &v1alpha1.CloudConnection{}, refersTo, indexCloudConnection); err != nil {
		return nil, fmt.Errorf("index CloudConnections: %w", err)
	}
	metrics := registerMetrics(cached, o.Store.Capabilities().Driver)
	return &setup{
		Options: o, mgr: mgr,
		world: &world{cached: cached, live: mgr.GetAPIReader(),
			sources: source.Reader{Live: mgr.GetAPIReader(), RequireConsent: o.RequireConsent}, scheme: mgr.GetScheme(), cluster: o.ClusterID},
		leading: &leading{
			store: o.Store, cluster: o.ClusterID, lease: o.Lease, prepare: o.Prepare, holds: o.HoldsLease, resync: o.Resync, recovery: o.RecoveryWindow,
			settled: newSettled(), queues: &queues{}, metrics: metrics,
			ready: make(chan struct{}), stopped: make(chan error, 1),
		},
	}, nil
}

// add makes the controller of one kind.
func add[T object](s *setup, obj T, k store.Kind, of kind[T], watch func(*builder.Builder)) error {
	b := ctrl.NewControllerManagedBy(s.mgr).
		Named(string(k)).
		For(obj, builder.WithPredicates(ownEvents())).
		WatchesRawSource(s.leading.queues.source(k)).
		WithOptions(s.controllerOptions())
	watch(b)
	err := b.Complete(reconcile.AsReconciler[T](s.mgr.GetClient(), &reconciler[T]{
		name: k, kind: of, empty: obj, client: s.mgr.GetClient(), reader: s.mgr.GetAPIReader(), recorder: s.mgr.GetEventRecorder("account-operator"),
		leading: s.leading, class: s.Class, resync: s.Resync,
	}))
	if err != nil {
		return fmt.Errorf("set up the controller of %s: %w", k, err)
	}
	return nil
}

// watchNamespaces adds what wakes every kind.
func watchNamespaces(s *setup, list client.ObjectList) func(*builder.Builder) {
	return func(b *builder.Builder) {
		b.WatchesMetadata(metadataOf("Namespace"), neighbours(s.mgr.GetCache(), list), builder.WithPredicates(adoptionEvents()))
	}
}

// watchChild adds what wakes an object that belongs to an Account and takes values from sources.
func watchChild(s *setup, list client.ObjectList, sources ...string) func(*builder.Builder) {
	return func(b *builder.Builder) {
		cached := s.mgr.GetCache()
		watchNamespaces(s, list)(b)
		b.Watches(&v1alpha1.Account{}, referrers(cached, list, "Account"), builder.WithPredicates(accountEvents()))
		for _, kind := range sources {
			b.WatchesMetadata(metadataOf(kind), referrers(cached, list, kind),
				builder.WithPredicates(predicate.ResourceVersionChangedPredicate{}))
		}
	}
}

func watchEnvVarSets(s *setup) func(*builder.Builder) {
	return func(b *builder.Builder) {
		watchChild(s, &v1alpha1.EnvVarSetList{}, "Secret", "ConfigMap")(b)
		b.WatchesMetadata(metadataOf("Secret"), selectors(s.mgr.GetCache()),
			builder.WithPredicates(predicate.ResourceVersionChangedPredicate{}))
	}
}

func (s *setup) controllerOptions() controller.Options {
	warm := true
	return controller.Options{
		MaxConcurrentReconciles: s.Concurrency,
		EnableWarmup:            &warm,
		ReconciliationTimeout:   s.ReconcileTimeout,
		RateLimiter: workqueue.NewTypedItemExponentialFailureRateLimiter[reconcile.Request](
			firstBackoff, s.MaxBackoff),
	}
}
