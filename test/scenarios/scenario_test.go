package scenarios

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	clientgoscheme "k8s.io/client-go/kubernetes/scheme"
	"k8s.io/client-go/rest"
	ctrl "sigs.k8s.io/controller-runtime"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/config"
	metricsserver "sigs.k8s.io/controller-runtime/pkg/metrics/server"

	"github.com/account-operator/account-operator/api/v1alpha1"
	"github.com/account-operator/account-operator/internal/controller"
	"github.com/account-operator/account-operator/internal/controller/clusterview"
	"github.com/account-operator/account-operator/internal/controller/object"
	"github.com/account-operator/account-operator/internal/seal"
	"github.com/account-operator/account-operator/internal/store"
	"github.com/account-operator/account-operator/internal/store/storetest"
	"github.com/account-operator/account-operator/test/await"
	"github.com/account-operator/account-operator/test/cluster"
)

const (
	// soon is how long anything may take that has nothing to wait for but us.
	soon = 15 * time.Second
	// atOnce is for what a watch or the change feed enqueues. Users are promised a second; a busy machine gets more, and still
	// far less than the resync, which would enqueue it too.
	atOnce = 10 * time.Second
)

// scenario is one test's namespace, store and manager. Its methods read as steps.
type scenario struct {
	*testing.T
	ns     string
	api    client.Client
	path   string // of the SQLite file; empty on PostgreSQL
	server string // address of the database on PostgreSQL
	keyset []byte
	class  string
	ask    bool // for consent
	folds  bool // the store says that it folds upper and lower case
	reach  reach
	tune   func(*controller.Options) // of the managers that are started from then on; nil: nothing
	beside bool                      // another manager has the store's file open
	user   string                    // whom managers act as; empty: the administrator
	mark   cluster.Mark
	way    func(*rest.Config) *rest.Config // on which managers reach the API server; nil: the straight one
	gate   *gate                           // what the manager's side effects pass; nil: nothing stands in their way
	// metrics of the manager that was started last.
	metrics *prometheus.Registry
	hook    storetest.Hook                   // nil: the store never fails
	hookOf  func(store.Claim) storetest.Hook // of each object; nil: hook is all there is
	sender  store.FencedStore                // who takes mails
	// view is what the manager sees through its cache; nil: all there is.
	view *view
	stop func()
	// ended waits until the manager ends by itself, and returns why.
	ended func() error
}

func newScenario(t *testing.T) *scenario {
	t.Helper()
	return newScenarioOn(t, nothingFails)
}

func nothingFails(string, storetest.Moment) error { return nil }

// newScenarioOn is for a store whose calls fail when the hook says so.
func newScenarioOn(t *testing.T, hook storetest.Hook) *scenario {
	t.Helper()
	return newScenarioSeeing(t, nil, hook)
}

// newScenarioSeeing is for a manager whose cache lags as the view says.
func newScenarioSeeing(t *testing.T, view *view, hook storetest.Hook) *scenario {
	t.Helper()
	keyset, err := seal.NewKeyset()
	if err != nil {
		t.Fatal(err)
	}
	s := &scenario{T: t, path: filepath.Join(t.TempDir(), "accounts.db"), keyset: keyset, hook: hook, view: view}
	s.begin()
	return s
}

// begin makes the namespace and starts the manager.
func (s *scenario) begin() {
	s.Helper()
	var err error
	s.api, err = client.New(local.Config(), client.Options{Scheme: testScheme()})
	s.must(err)
	ns := &corev1.Namespace{ObjectMeta: metav1.ObjectMeta{GenerateName: "test-"}}
	s.create(ns)
	s.ns = ns.Name
	s.startManager()
	s.Cleanup(func() { s.stop(); s.assertNothingLeaked() })
}

func testScheme() *runtime.Scheme {
	scheme := runtime.NewScheme()
	_ = clientgoscheme.AddToScheme(scheme)
	_ = v1alpha1.AddToScheme(scheme)
	return scheme
}

// startManager starts a manager for the scenario's namespace; stop stops it.
func (s *scenario) startManager() {
	s.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	backing := s.openStore(ctx, s.beside)
	skip := true
	mgr, err := ctrl.NewManager(s.asManager(), ctrl.Options{
		Scheme: testScheme(), Cache: clusterview.CacheOptions([]string{s.ns}, nil), NewCache: s.view.newCache,
		Metrics: metricsserver.Options{BindAddress: "0"}, HealthProbeBindAddress: "0",
		Controller: config.Controller{SkipNameValidation: &skip},
	})
	s.must(err)
	s.metrics = prometheus.NewRegistry()
	o := controller.Options{
		Store: faulty{backing, s.hook, s.hookOf, s.folds}, Prepare: s.gate.migrate(backing.Migrate), ClusterID: "test", Class: s.class, RequireConsent: s.ask, Lease: "account-operator", Concurrency: 8,
		Metrics: s.metrics,
		Resync:  10 * time.Minute, ReconcileTimeout: 30 * time.Second, MaxBackoff: time.Second, RecoveryWindow: time.Hour,
		AllowEndpoints: s.reach.endpoints, RootCAs: s.reach.ca, Dropbox: s.reach.dropbox, ProbeTimeout: s.reach.timeout,
		Intervals: controller.Intervals{Recount: time.Hour}, // a count would be a write more in what is counted here
	}
	if s.tune != nil {
		s.tune(&o)
	}
	s.must(controller.Setup(ctx, mgr, o))
	ended := make(chan error, 1)
	go func() { ended <- mgr.Start(ctx) }()
	s.ended = sync.OnceValue(func() error {
		err := await.Value(s, ended)
		cancel()
		return errors.Join(err, backing.Close())
	})
	s.stop = sync.OnceFunc(func() {
		cancel()
		if err := s.ended(); err != nil && !errors.Is(err, store.ErrFenced) {
			s.Errorf("the manager ended with: %v", err)
		}
	})
}

// asManager is the manager's way to the API server, known in the audit log by its user agent.
func (s *scenario) asManager() *rest.Config {
	c := local.Config()
	if s.user != "" {
		c = local.As(s.user)
	}
	c.UserAgent, c.QPS = "manager/"+s.ns, -1
	s.gate.guard(c)
	if s.way != nil {
		c = s.way(c)
	}
	return c
}

func (s *scenario) restartManager() {
	s.Helper()
	s.stop()
	s.startManager()
}

func (s *scenario) must(err error) {
	s.Helper()
	if err != nil {
		s.Fatal(err)
	}
}

func (s *scenario) create(objects ...client.Object) {
	s.Helper()
	for _, o := range objects {
		if o.GetNamespace() == "" {
			o.SetNamespace(s.ns)
		}
		s.must(s.api.Create(context.Background(), o))
	}
}

// change applies edit to the object as it is now.
func change[T client.Object](s *scenario, obj T, edit func(T)) {
	s.Helper()
	s.must(s.api.Get(context.Background(), client.ObjectKeyFromObject(obj), obj))
	before := obj.DeepCopyObject().(T)
	edit(obj)
	s.must(s.api.Patch(context.Background(), obj, client.MergeFrom(before)))
}

func (s *scenario) delete(obj client.Object) {
	s.Helper()
	s.must(s.api.Delete(context.Background(), obj))
}

// eventually waits until check has nothing to complain about any more.
func (s *scenario) eventually(within time.Duration, check func() string) {
	s.Helper()
	deadline := time.Now().Add(within)
	pauses := await.Pauses()
	for complaint := check(); complaint != ""; complaint = check() {
		if time.Now().After(deadline) {
			s.Fatalf("after %s still: %s", within, complaint)
		}
		<-time.After(pauses.Step())
	}
}

// becomes waits until Ready has this status and reason for the present generation, and returns its message.
func (s *scenario) becomes(obj object.Object, status metav1.ConditionStatus, reason v1alpha1.Reason) string {
	s.Helper()
	return s.becomesWithin(soon, obj, status, reason)
}

func (s *scenario) becomesWithin(within time.Duration, obj object.Object, status metav1.ConditionStatus, reason v1alpha1.Reason) string {
	s.Helper()
	var message string
	s.eventually(within, func() string {
		if err := s.api.Get(context.Background(), client.ObjectKeyFromObject(obj), obj); err != nil {
			return err.Error()
		}
		ready := meta.FindStatusCondition(obj.CommonStatus().Conditions, v1alpha1.ConditionReady)
		if ready == nil {
			return "no condition Ready"
		}
		if ready.Status != status || ready.Reason != string(reason) || ready.ObservedGeneration != obj.GetGeneration() {
			return fmt.Sprintf("Ready=%s %s (%s), generation %d of %d",
				ready.Status, ready.Reason, ready.Message, ready.ObservedGeneration, obj.GetGeneration())
		}
		message = ready.Message
		return ""
	})
	return message
}

func (s *scenario) becomesReady(objects ...object.Object) {
	s.Helper()
	for _, o := range objects {
		s.becomes(o, metav1.ConditionTrue, v1alpha1.ReasonSynced)
	}
}

func (s *scenario) isGone(obj client.Object) {
	s.Helper()
	s.isGoneWithin(soon, obj)
}

func (s *scenario) isGoneWithin(within time.Duration, obj client.Object) {
	s.Helper()
	s.eventually(within, func() string {
		err := s.api.Get(context.Background(), client.ObjectKeyFromObject(obj), obj)
		if apierrors.IsNotFound(err) {
			return ""
		}
		return fmt.Sprintf("%T %s is still there (%v)", obj, obj.GetName(), err)
	})
}

// has reports whether the condition is there and true.
func (s *scenario) has(obj object.Object, condition string) bool {
	return meta.IsStatusConditionTrue(obj.CommonStatus().Conditions, condition)
}

// requests counts what the manager asked of the API server since watch was called.
func (s *scenario) watch() { s.mark = local.Audit.Mark() }

func (s *scenario) requests(also ...cluster.Filter) map[string]int {
	s.Helper()
	found, err := local.Audit.Since(s.mark, append(also, cluster.ByUserAgent("manager/"+s.ns))...)
	s.must(err)
	return cluster.Count(found)
}
