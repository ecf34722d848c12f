package controller

import (
	"cmp"
	"context"
	"crypto/x509"
	"fmt"
	"net/netip"
	"net/url"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"k8s.io/client-go/util/workqueue"
	ctrl "sigs.k8s.io/controller-runtime"
	"sigs.k8s.io/controller-runtime/pkg/builder"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/controller"
	"sigs.k8s.io/controller-runtime/pkg/manager"
	"sigs.k8s.io/controller-runtime/pkg/predicate"
	"sigs.k8s.io/controller-runtime/pkg/reconcile"

	"github.com/account-operator/account-operator/api/v1alpha1"
	"github.com/account-operator/account-operator/internal/controller/syncstate"
	"github.com/account-operator/account-operator/internal/fairqueue"
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
	// Record is what the cluster knows of the store; nil: nothing, so that every store is taken.
	Record StoreRecord
	// HoldsLease reads the Lease live and fails unless this manager holds it; nil without leader election.
	HoldsLease func(context.Context) error
	// Proof is for whoever guards the way to the API server of a manager without leader election; nil: nobody.
	Proof *Proof
	// WatchBroke is what CacheOptions tells to.
	WatchBroke <-chan struct{}

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

	// Metrics is where they are registered.
	Metrics prometheus.Registerer

	// ReferralURL is what a referral code is added to; nil where status shows codes only.
	ReferralURL *url.URL
	// Sender delivers what the outbox holds; nil where mails wait, which status tells.
	Sender Sender
	// SendsLinks tells whether Sender can send mails with links: it knows where they lead.
	SendsLinks bool

	Pace
}

// Sender delivers mails.
type Sender interface {
	// Run delivers what is due until ctx ends. An error says that it must not go on.
	Run(ctx context.Context, outbox store.Outbox) error
	// Wake says that mails may be due.
	Wake()
}

// Pace is how fast things go that nobody waits for. A zero is the default.
type Pace struct {
	// Recount is how late an Account's status may tell how many variables and connections it has (3 min).
	Recount time.Duration
	// OrphanAge is how long an object must be gone before the names that its claim holds are released (10 min), and
	// OrphanLook how often claims without an object are looked for (5 min).
	OrphanAge, OrphanLook time.Duration
}

func (p Pace) orDefault() Pace {
	return Pace{
		Recount:    cmp.Or(p.Recount, 3*time.Minute),
		OrphanAge:  cmp.Or(p.OrphanAge, 10*time.Minute),
		OrphanLook: cmp.Or(p.OrphanLook, 5*time.Minute),
	}
}

const firstBackoff = 50 * time.Millisecond

// Setup wires leading and the three controllers into the manager. The manager's cache must have CacheOptions.
func Setup(ctx context.Context, mgr ctrl.Manager, o Options) error {
	s, err := newSetup(ctx, mgr, o)
	if err != nil {
		return err
	}
	registerLeading(o.Metrics, s.leading)
	if err := mgr.Add(s.leading); err != nil {
		return fmt.Errorf("add leading: %w", err)
	}
	if err := add(s, &v1alpha1.Account{}, store.KindAccount, &accounts{s.world, s.leading},
		watchAccounts(s)); err != nil {
		return err
	}
	if err := addActions(s); err != nil {
		return err
	}
	if err := add(s, &v1alpha1.EnvVarSet{}, store.KindEnvVarSet, &envVarSets{s.world, s.leading},
		watchEnvVarSets(s)); err != nil {
		return err
	}
	verifier := newVerifier(o, s.leading.queues, s.leading.metrics)
	if err := mgr.Add(manager.RunnableFunc(verifier.pool.Run)); err != nil {
		return fmt.Errorf("add the pool that verifies connections: %w", err)
	}
	return add(s, &v1alpha1.CloudConnection{}, store.KindCloudConnection, &cloudConnections{s.world, s.leading, verifier},
		watchChild(s, store.KindCloudConnection, &v1alpha1.CloudConnectionList{}, "Secret"))
}

// setup is what the controllers share while they are wired.
type setup struct {
	Options
	mgr     ctrl.Manager
	world   *world
	leading *leading
	herald  *herald
}

func newSetup(ctx context.Context, mgr ctrl.Manager, o Options) (*setup, error) {
	cached := mgr.GetCache()
	for obj, index := range map[client.Object]client.IndexerFunc{
		&v1alpha1.Account{}: indexAccount, &v1alpha1.AccountAction{}: indexAccountAction,
		&v1alpha1.EnvVarSet{}: indexEnvVarSet, &v1alpha1.CloudConnection{}: indexCloudConnection,
	} {
		if err := cached.IndexField(ctx, obj, refersTo, index); err != nil {
			return nil, fmt.Errorf("index what objects refer to: %w", err)
		}
	}
	pace := o.orDefault()
	metrics := newMetrics(o.Metrics, cached, o.Store.Capabilities().Driver)
	herald := newHerald(mgr.GetEventRecorder("account-operator"), metrics)
	return &setup{
		Options: o, mgr: mgr, herald: herald,
		world: &world{cached: cached, live: mgr.GetAPIReader(),
			sources: source.NewReader(mgr.GetAPIReader(), o.RequireConsent), scheme: mgr.GetScheme(), cluster: o.ClusterID},
		leading: &leading{
			store: o.Store, cached: cached, cluster: o.ClusterID, lease: o.Lease, prepare: o.Prepare, record: o.Record, herald: herald, holds: o.HoldsLease, proof: o.Proof, resync: o.Resync, recovery: o.RecoveryWindow,
			state: syncstate.New(), queues: &queues{}, metrics: metrics, changes: newSourceChanges(metrics.latency),
			sender: o.Sender, view: accountView{o.ReferralURL, o.Sender != nil && o.SendsLinks},
			pace: pace, orphans: &orphanWatch{live: mgr.GetAPIReader(), known: inCache(cached), metrics: metrics, age: pace.OrphanAge},
			rewind: rewindWatch{cached: cached, live: mgr.GetAPIReader()}, watchBroke: o.WatchBroke,
			ready: make(chan struct{}), stopped: make(chan error, 1),
		},
	}, nil
}

// add makes the controller of one kind.
func add[T object](s *setup, obj T, k store.Kind, of kind[T], watch func(*builder.Builder)) error {
	life := &reconciler[T]{
		name: k, kind: of, empty: obj, client: s.mgr.GetClient(), reader: s.mgr.GetAPIReader(), herald: s.herald,
		leading: s.leading, class: s.Class, resync: s.Resync, reported: newReported(s.leading, k),
		bypassed: bypassed[T]{state: s.leading.state},
	}
	b := ctrl.NewControllerManagedBy(s.mgr).
		Named(string(k)).
		For(obj, builder.WithPredicates(ownEvents(life.seen, life.deleted))).
		WatchesRawSource(s.leading.queues.source(k)).
		WithOptions(s.controllerOptions())
	watch(b)
	err := b.Complete(afterGone[T]{reconcile.AsReconciler[T](s.mgr.GetClient(), life), life})
	if err != nil {
		return fmt.Errorf("set up the controller of %s: %w", k, err)
	}
	return nil
}

// addActions makes the controller of AccountActions, whose life is another.
func addActions(s *setup) error {
	statuses := newReported(s.leading, store.KindAccountAction)
	err := ctrl.NewControllerManagedBy(s.mgr).
		Named(string(store.KindAccountAction)).
		For(&v1alpha1.AccountAction{}, builder.WithPredicates(actionEvents(statuses))).
		WatchesRawSource(s.leading.queues.source(store.KindAccountAction)).
		Watches(&v1alpha1.Account{}, wakes(referrers(s.mgr.GetCache(), &v1alpha1.AccountActionList{}, "Account")), builder.WithPredicates(accountEvents())).
		WithOptions(s.controllerOptions()).
		Complete(reconcile.AsReconciler[*v1alpha1.AccountAction](s.mgr.GetClient(), &accountActions{
			world: s.world, leading: s.leading, client: s.mgr.GetClient(), herald: s.herald, reported: statuses,
			class: s.Class, resync: s.Resync,
		}))
	if err != nil {
		return fmt.Errorf("set up the controller of AccountActions: %w", err)
	}
	return nil
}

// watchAccounts adds what wakes an Account beside itself: its namespace's label, and the Account that gets its teams.
func watchAccounts(s *setup) func(*builder.Builder) {
	return func(b *builder.Builder) {
		list := &v1alpha1.AccountList{}
		watchNamespaces(s, list)(b)
		b.Watches(&v1alpha1.Account{}, wakes(referrers(s.mgr.GetCache(), list, "Account")), builder.WithPredicates(heirEvents()))
	}
}

// watchNamespaces adds what wakes every kind.
func watchNamespaces(s *setup, list client.ObjectList) func(*builder.Builder) {
	return func(b *builder.Builder) {
		b.WatchesMetadata(metadataOf("Namespace"), wakes(neighbours(s.mgr.GetCache(), list)), builder.WithPredicates(adoptionEvents()))
	}
}

// watchChild adds what wakes an object that belongs to an Account and takes values from sources.
func watchChild(s *setup, of store.Kind, list client.ObjectList, sources ...string) func(*builder.Builder) {
	return func(b *builder.Builder) {
		cached := s.mgr.GetCache()
		watchNamespaces(s, list)(b)
		b.Watches(&v1alpha1.Account{}, wakes(referrers(cached, list, "Account")), builder.WithPredicates(accountEvents()))
		for _, kind := range sources {
			b.WatchesMetadata(metadataOf(kind), promptly(s.leading.noted(of, referrers(cached, list, kind))),
				builder.WithPredicates(predicate.ResourceVersionChangedPredicate{}))
		}
	}
}

func watchEnvVarSets(s *setup) func(*builder.Builder) {
	return func(b *builder.Builder) {
		watchChild(s, store.KindEnvVarSet, &v1alpha1.EnvVarSetList{}, "Secret", "ConfigMap")(b)
		b.WatchesMetadata(metadataOf("Secret"), promptly(s.leading.noted(store.KindEnvVarSet, selectors(s.mgr.GetCache()))),
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
		NewQueue: func(controller string, limiter workqueue.TypedRateLimiter[reconcile.Request]) queue {
			return fairqueue.New(controller, limiter, s.Concurrency)
		},
	}
}
