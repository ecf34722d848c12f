package controller

import (
	"cmp"
	"context"
	"fmt"
	"time"

	"k8s.io/client-go/util/workqueue"
	ctrl "sigs.k8s.io/controller-runtime"
	"sigs.k8s.io/controller-runtime/pkg/builder"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/controller"
	"sigs.k8s.io/controller-runtime/pkg/manager"
	"sigs.k8s.io/controller-runtime/pkg/reconcile"

	"github.com/account-operator/account-operator/api/v1alpha1"
	"github.com/account-operator/account-operator/internal/controller/account"
	"github.com/account-operator/account-operator/internal/controller/accountaction"
	"github.com/account-operator/account-operator/internal/controller/cloudconnection"
	"github.com/account-operator/account-operator/internal/controller/clusterview"
	"github.com/account-operator/account-operator/internal/controller/enqueue"
	"github.com/account-operator/account-operator/internal/controller/envvarset"
	"github.com/account-operator/account-operator/internal/controller/events"
	"github.com/account-operator/account-operator/internal/controller/jobs/counts"
	"github.com/account-operator/account-operator/internal/controller/jobs/etcdrestore"
	"github.com/account-operator/account-operator/internal/controller/jobs/managed"
	"github.com/account-operator/account-operator/internal/controller/jobs/orphan"
	"github.com/account-operator/account-operator/internal/controller/jobs/purge"
	"github.com/account-operator/account-operator/internal/controller/leader"
	"github.com/account-operator/account-operator/internal/controller/lifecycle"
	"github.com/account-operator/account-operator/internal/controller/object"
	"github.com/account-operator/account-operator/internal/controller/sshkey"
	"github.com/account-operator/account-operator/internal/controller/statuswatch"
	"github.com/account-operator/account-operator/internal/controller/syncstate"
	"github.com/account-operator/account-operator/internal/controller/telemetry"
	"github.com/account-operator/account-operator/internal/fairqueue"
	"github.com/account-operator/account-operator/internal/kinds"
	"github.com/account-operator/account-operator/internal/probe"
	"github.com/account-operator/account-operator/internal/source"
	"github.com/account-operator/account-operator/internal/store"
)

const firstBackoff = 50 * time.Millisecond

// Setup wires the session, its jobs and the controllers into the manager. The manager's cache must have CacheOptions.
func Setup(ctx context.Context, mgr ctrl.Manager, o Options) error {
	s, err := newSetup(ctx, mgr, o)
	if err != nil {
		return err
	}
	telemetry.RegisterLead(o.Metrics, s.session)
	if err := mgr.Add(s.session); err != nil {
		return fmt.Errorf("add the session: %w", err)
	}
	for _, kind := range kinds.All {
		if err := controllers[kind.Name](s); err != nil {
			return err
		}
	}
	s.addJobs()
	return nil
}

// controllers make the controller of each kind.
var controllers = map[store.Kind]func(*setup) error{
	store.KindAccount:         addAccounts,
	store.KindEnvVarSet:       addEnvVarSets,
	store.KindCloudConnection: addCloudConnections,
	store.KindSSHKey: func(s *setup) error {
		return addPlain(s, &v1alpha1.SSHKey{}, &v1alpha1.SSHKeyList{}, store.KindSSHKey, "key", store.FencedStore.SSHKeys, sshkey.Kind{})
	},
	store.KindAccountAction: addActions,
}

// setup is what the controllers share while they are wired.
type setup struct {
	Options
	mgr      ctrl.Manager
	reader   *clusterview.Reader
	session  *leader.Session
	tracker  *syncstate.Tracker
	queues   *enqueue.Queues
	counts   *counts.Counts
	events   *events.Recorder
	metrics  *telemetry.Metrics
	changes  *telemetry.SourceChanges
	view     account.View
	reported []*statuswatch.Statuses // one a kind
}

func newSetup(ctx context.Context, mgr ctrl.Manager, o Options) (*setup, error) {
	cached := mgr.GetCache()
	for _, kind := range kinds.All {
		if err := cached.IndexField(ctx, kind.New(), clusterview.RefersTo, clusterview.Indexers[kind.Name]); err != nil {
			return nil, fmt.Errorf("index what objects refer to: %w", err)
		}
	}
	o.Intervals = o.orDefault()
	metrics := telemetry.New(o.Metrics, cached, o.Store.Capabilities().Driver)
	s := &setup{
		Options: o, mgr: mgr, metrics: metrics, tracker: syncstate.New(), queues: &enqueue.Queues{},
		events: events.NewRecorder(mgr.GetEventRecorder("account-operator"), metrics.Withheld),
		view:   account.View{ReferralURL: o.ReferralURL, Mails: o.Sender != nil && o.SendsLinks},
		reader: &clusterview.Reader{
			Cached: cached, Live: mgr.GetAPIReader(), Sources: source.NewReader(clusterview.Live(mgr.GetAPIReader()), o.RequireConsent),
			Scheme: mgr.GetScheme(), Cluster: o.ClusterID,
		},
	}
	s.session = newSession(s)
	s.changes = telemetry.NewSourceChanges(metrics.Latency, s.session.Begun)
	s.counts = counts.New(counts.Counts{
		Cached: cached, Tracker: s.tracker, Queues: s.queues, Fenced: s.session.Fenced, Report: s.view.Report,
		Soon: o.Recount, AfterStart: o.AfterStart, Resync: o.Resync,
	})
	return s, nil
}

func newSession(s *setup) *leader.Session {
	return leader.New(leader.Options{
		Store: s.Store, Cached: s.mgr.GetCache(), Cluster: s.ClusterID, Lease: s.Lease, Resync: s.Resync,
		Prepare: s.Prepare, Record: s.Record, HoldsLease: s.HoldsLease, Proof: s.Proof,
		Tracker: s.tracker, Queues: s.queues, Events: s.events, Measure: s.metrics.Measure,
		WakeSender: func() {
			if s.Sender != nil {
				s.Sender.Wake()
			}
		},
		PutBack: func(ctx context.Context, to string) error {
			return account.ReportPutBack(ctx, s.session.Fenced(), s.mgr.GetCache(), s.events, to)
		},
		CompareAccounts: func(ctx context.Context) error { return s.counts.Compare(ctx, true) },
		AtResync:        func() { s.changes.Prune() },
	})
}

// addJobs adds what runs beside the controllers while this manager leads.
func (s *setup) addJobs() {
	session, live := s.session, s.mgr.GetAPIReader()
	orphans := &orphan.Watch{
		Live: live, Known: clusterview.InCache(s.mgr.GetCache()), Count: s.metrics.CountOrphans, Age: s.OrphanAge, Every: s.OrphanInterval,
	}
	restored := &etcdrestore.Watch{Cached: s.mgr.GetCache(), Live: live, WatchBroke: s.WatchBroke, Resync: s.Resync, Stop: session.Stop}
	session.Add(func(ctx context.Context) { purge.Hourly(ctx, session.Fenced(), s.RecoveryWindow) })
	session.Add(func(ctx context.Context) { orphans.Run(ctx, session.Fenced()) })
	session.Add(func(ctx context.Context) { statuswatch.SignOld(ctx, session, s.reported, s.AfterStart, s.Resync) })
	unknown := managed.Backfill{Cached: s.mgr.GetCache(), Spec: account.Managed}
	session.Add(func(ctx context.Context) { unknown.Run(ctx, session.Fenced()) })
	session.Add(restored.Run)
	session.Add(s.counts.RunCompare)
	session.Add(s.counts.RunDue)
	if s.Sender != nil {
		session.Add(func(ctx context.Context) {
			if err := s.Sender.Run(ctx, session.Fenced()); err != nil && ctx.Err() == nil {
				session.Stop(err)
			}
		})
	}
}

// report makes what remembers the statuses of a kind.
func (s *setup) report(kind store.Kind) *statuswatch.Statuses {
	s.metrics.Mended.WithLabelValues(string(kind)) // a series that begins with its first change would hide that one from every rate
	r := statuswatch.New(statuswatch.Options{Lead: s.session, Tracker: s.tracker, Queues: s.queues, Mended: s.metrics.StatusMended}, kind)
	s.reported = append(s.reported, r)
	return r
}

// add makes the controller of one kind.
func add[T object.Object](s *setup, obj T, k store.Kind, of lifecycle.Kind[T], watch func(*builder.Builder)) error {
	life := newReconciler(s, obj, k, of)
	b := ctrl.NewControllerManagedBy(s.mgr).
		Named(string(k)).
		For(obj, builder.WithPredicates(lifecycle.Events(life.Seen, life.Deleted))).
		WatchesRawSource(s.queues.Source(k)).
		WithOptions(s.controllerOptions())
	watch(b)
	err := b.Complete(lifecycle.NewAfterGone[T](reconcile.AsReconciler[T](s.mgr.GetClient(), life), life))
	if err != nil {
		return fmt.Errorf("set up the controller of %s: %w", k, err)
	}
	return nil
}

func newReconciler[T object.Object](s *setup, obj T, k store.Kind, of lifecycle.Kind[T]) *lifecycle.Reconciler[T] {
	return &lifecycle.Reconciler[T]{
		Name: k, Kind: of, Empty: obj, Client: s.mgr.GetClient(), Reader: s.mgr.GetAPIReader(), Events: s.events,
		Session: s.session, Tracker: s.tracker, Race: lifecycle.FinalizerRace[T]{Tracker: s.tracker}, Changes: s.changes, Succeeded: s.metrics.Succeeded,
		Class: s.Class, Resync: s.Resync, Statuses: s.report(k),
	}
}

// resource is how a kind writes that has one row an object.
func resource[R any](s *setup, kind store.Kind) *lifecycle.Resource[R] {
	return &lifecycle.Resource[R]{Kind: kind, Session: s.session, Tracker: s.tracker, DriftFound: s.metrics.DriftFound}
}

// child is how a kind lives that has one row an object in an Account.
func child[T object.Child, R any](s *setup, kind store.Kind, noun string, rows func(store.FencedStore) store.Rows[R]) *lifecycle.Child[T, R] {
	return &lifecycle.Child[T, R]{
		Resource: resource[R](s, kind), Reader: s.reader, Rows: rows, Noun: noun, RefreshCounts: s.counts.Refresh,
	}
}

func addAccounts(s *setup) error {
	kind := &account.Kind{
		Reader: s.reader, Session: s.session, Tracker: s.tracker, View: s.view, Resource: resource[store.Account](s, store.KindAccount),
		Dependants: &account.Dependants{Cached: s.mgr.GetCache(), Tracker: s.tracker, Queues: s.queues},
	}
	return add(s, &v1alpha1.Account{}, store.KindAccount, kind, watchAccounts(s))
}

func addEnvVarSets(s *setup) error {
	kind := &envvarset.Kind{
		Reader: s.reader, Session: s.session, Tracker: s.tracker, Counts: s.counts, DriftFound: s.metrics.DriftFound, Resync: s.Resync,
	}
	return add(s, &v1alpha1.EnvVarSet{}, store.KindEnvVarSet, kind, watchEnvVarSets(s))
}

func addCloudConnections(s *setup) error {
	checker := &probe.Checker{
		Timeout: cmp.Or(s.ProbeTimeout, 10*time.Second), Allow: s.AllowEndpoints, RootCAs: s.RootCAs, Dropbox: s.Dropbox,
	}
	verifier := cloudconnection.NewVerifier(checker, s.VerifyEvery, s.queues, s.metrics.Tried)
	if err := s.mgr.Add(manager.RunnableFunc(verifier.Pool.Run)); err != nil {
		return fmt.Errorf("add the pool that verifies connections: %w", err)
	}
	kind := &cloudconnection.Kind{
		Child:  child[*v1alpha1.CloudConnection](s, store.KindCloudConnection, "connection", store.FencedStore.Connections),
		Queues: s.queues, Verifier: verifier,
	}
	return add(s, &v1alpha1.CloudConnection{}, store.KindCloudConnection, kind,
		watchChild(s, store.KindCloudConnection, &v1alpha1.CloudConnectionList{}, "Secret"))
}

// addPlain makes the controller of a kind whose row follows from the spec alone.
func addPlain[T object.Child, R any](
	s *setup, obj T, list client.ObjectList, kind store.Kind, noun string, rows func(store.FencedStore) store.Rows[R], spec lifecycle.Spec[T, R],
) error {
	of := &lifecycle.Plain[T, R]{Child: child[T](s, kind, noun, rows), Spec: spec}
	return add(s, obj, kind, of, watchChild(s, kind, list))
}

// addActions makes the controller of AccountActions, whose life is another.
func addActions(s *setup) error {
	statuses := s.report(store.KindAccountAction)
	err := ctrl.NewControllerManagedBy(s.mgr).
		Named(string(store.KindAccountAction)).
		For(&v1alpha1.AccountAction{}, builder.WithPredicates(accountaction.Events(statuses))).
		WatchesRawSource(s.queues.Source(store.KindAccountAction)).
		Watches(&v1alpha1.Account{}, enqueue.Mapped(clusterview.Referrers(s.mgr.GetCache(), &v1alpha1.AccountActionList{}, "Account")), builder.WithPredicates(clusterview.AccountEvents())).
		WithOptions(s.controllerOptions()).
		Complete(reconcile.AsReconciler[*v1alpha1.AccountAction](s.mgr.GetClient(), &accountaction.Reconciler{
			Reader: s.reader, Session: s.session, Counts: s.counts, Client: s.mgr.GetClient(), Events: s.events, Statuses: statuses,
			Mails: s.view.Mails, Acted: s.metrics.Acted, Class: s.Class, Resync: s.Resync,
		}))
	if err != nil {
		return fmt.Errorf("set up the controller of AccountActions: %w", err)
	}
	return nil
}

func (s *setup) controllerOptions() controller.Options {
	warm := true
	return controller.Options{
		MaxConcurrentReconciles: s.Concurrency,
		EnableWarmup:            &warm,
		ReconciliationTimeout:   s.ReconcileTimeout,
		RateLimiter: workqueue.NewTypedItemExponentialFailureRateLimiter[reconcile.Request](
			firstBackoff, s.MaxBackoff),
		NewQueue: func(controller string, limiter workqueue.TypedRateLimiter[reconcile.Request]) enqueue.Queue {
			return fairqueue.New(controller, limiter, s.Concurrency)
		},
	}
}
