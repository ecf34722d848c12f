package e2e_test

import (
	"context"
	"fmt"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	clientgoscheme "k8s.io/client-go/kubernetes/scheme"
	"k8s.io/client-go/rest"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/account-operator/account-operator/api/v1alpha1"
	"github.com/account-operator/account-operator/test/await"
	"github.com/account-operator/account-operator/test/cluster"
	"github.com/account-operator/account-operator/test/gate"
	"github.com/account-operator/account-operator/test/manager"
)

// Deadlines, far above what is needed: the machine may be busy.
const (
	soon    = 30 * time.Second
	long    = 3 * time.Minute // for a thousand objects
	goodbye = 20 * time.Second
)

// scene is one test's namespace and store, and the managers that it starts. Its
// methods read as steps.
type scene struct {
	*testing.T
	ns      string
	api     client.Client
	store   database
	keyset  string
	cluster *cluster.Cluster
}

func newScene(t *testing.T, dialect string) *scene { return newSceneOn(t, local, dialect) }

func newSceneOn(t *testing.T, on *cluster.Cluster, dialect string) *scene {
	t.Helper()
	s := &scene{T: t, cluster: on, store: newDatabase(t, dialect), keyset: filepath.Join(t.TempDir(), "keyset.json")}
	if made := ends(t, nil, "keys", "init", s.keyset); made.Code != 0 {
		s.Fatalf("making a keyset failed: %s", made.Stderr)
	}
	scheme := runtime.NewScheme()
	s.must(clientgoscheme.AddToScheme(scheme))
	s.must(v1alpha1.AddToScheme(scheme))
	var err error
	s.api, err = client.New(on.Config(), client.Options{Scheme: scheme})
	s.must(err)
	ns := &corev1.Namespace{ObjectMeta: metav1.ObjectMeta{GenerateName: "e2e-"}}
	s.create(ns)
	s.ns = ns.Name
	return s
}

func (s *scene) must(err error) {
	s.Helper()
	if err != nil {
		s.Fatal(err)
	}
}

// as is the access of a manager of this scene. By its user the audit log says
// it from all others.
func (s *scene) as(name string) *rest.Config {
	return s.cluster.As(name+"-of-"+s.ns, "system:masters")
}

// start starts a manager that looks at this scene's namespace only.
func (s *scene) start(access *rest.Config, args ...string) *manager.Manager {
	s.Helper()
	return s.startWith(access, manager.Options{Args: append([]string{"--watch-namespaces=" + s.ns}, args...)})
}

func (s *scene) startWith(access *rest.Config, o manager.Options) *manager.Manager {
	s.Helper()
	m, err := binary.Start(managers, s.options(access, o))
	s.must(err)
	s.Cleanup(func() {
		m.Kill()
		s.assertClean(m)
	})
	return m
}

// options are those with which a manager works for this scene.
func (s *scene) options(access *rest.Config, o manager.Options) manager.Options {
	s.Helper()
	folder := s.TempDir()
	o.Kubeconfig, o.Log = filepath.Join(folder, "kubeconfig"), filepath.Join(folder, "manager.log")
	o.Store, o.Keyset = s.store.address, s.keyset
	s.must(cluster.WriteKubeconfig(o.Kubeconfig, access))
	return o
}

// assertClean shows what the manager printed if the test failed, and fails it if
// the race detector found something or a secret value was printed.
func (s *scene) assertClean(m *manager.Manager) {
	printed, err := m.Printed()
	s.must(err)
	if strings.Contains(printed, "DATA RACE") {
		s.Error("the manager has a data race")
	}
	s.hasNoTrace("what the manager printed", printed)
	if s.Failed() {
		said := noise.ReplaceAllString(printed, "")
		s.Logf("a manager printed at last:\n%s", said[max(0, len(said)-8000):])
	}
}

// noise is what every manager prints as it starts.
var noise = regexp.MustCompile(`(?m)^.*"msg":"Starting (EventSource|Controller|workers)".*\n`)

// stop ends the manager as Kubernetes would.
func (s *scene) stop(m *manager.Manager) {
	s.Helper()
	s.must(m.Stop(goodbye))
}

func (s *scene) create(objects ...client.Object) {
	s.Helper()
	for _, o := range objects {
		if o.GetNamespace() == "" {
			o.SetNamespace(s.ns)
		}
		s.must(s.api.Create(s.Context(), o))
	}
}

func (s *scene) delete(obj client.Object) {
	s.Helper()
	s.must(s.api.Delete(s.Context(), obj))
}

// change applies edit to the object as it is now.
func change[T client.Object](s *scene, obj T, edit func(T)) {
	s.Helper()
	s.must(s.api.Get(s.Context(), client.ObjectKeyFromObject(obj), obj))
	before := obj.DeepCopyObject().(T)
	edit(obj)
	s.must(s.api.Patch(s.Context(), obj, client.MergeFrom(before)))
}

// eventually waits until check has nothing to complain about any more.
func (s *scene) eventually(check func(context.Context) string) {
	s.Helper()
	s.within(soon, check)
}

// passes lets time pass, where how long something lasts is what matters.
func (s *scene) passes(d time.Duration) {
	over := time.NewTimer(d)
	defer over.Stop()
	select {
	case <-over.C:
	case <-s.Context().Done():
	}
}

func (s *scene) within(limit time.Duration, check func(context.Context) string) {
	s.Helper()
	deadline := time.Now().Add(limit)
	pauses := await.Pauses()
	for complaint := check(s.Context()); complaint != ""; complaint = check(s.Context()) {
		if time.Now().After(deadline) {
			s.Fatalf("after %s still: %s", limit, complaint)
		}
		<-time.After(pauses.Step())
	}
}

// becomes waits until Ready has this status and reason for the present
// generation, and returns its message.
func (s *scene) becomes(obj object, status metav1.ConditionStatus, reason v1alpha1.Reason) string {
	s.Helper()
	var message string
	s.eventually(func(ctx context.Context) string {
		if err := s.api.Get(ctx, client.ObjectKeyFromObject(obj), obj); err != nil {
			return err.Error()
		}
		ready := meta.FindStatusCondition(obj.CommonStatus().Conditions, v1alpha1.ConditionReady)
		if ready == nil {
			return obj.GetName() + " has no condition Ready"
		}
		if ready.Status != status || ready.Reason != string(reason) || ready.ObservedGeneration != obj.GetGeneration() {
			return fmt.Sprintf("%s has Ready=%s %s (%s), generation %d of %d", obj.GetName(),
				ready.Status, ready.Reason, ready.Message, ready.ObservedGeneration, obj.GetGeneration())
		}
		message = ready.Message
		return ""
	})
	return message
}

func (s *scene) becomesReady(objects ...object) {
	s.Helper()
	for _, o := range objects {
		s.becomes(o, metav1.ConditionTrue, v1alpha1.ReasonSynced)
	}
}

func (s *scene) isGone(obj client.Object) {
	s.Helper()
	s.eventually(func(ctx context.Context) string {
		err := s.api.Get(ctx, client.ObjectKeyFromObject(obj), obj)
		if apierrors.IsNotFound(err) {
			return ""
		}
		return fmt.Sprintf("%s is still there (%v)", obj.GetName(), err)
	})
}

// springs waits until the fault has struck. A test whose fault never happened has shown nothing.
func (s *scene) springs(f *gate.Fault) {
	s.Helper()
	ctx, cancel := context.WithTimeout(s.Context(), soon)
	defer cancel()
	select {
	case <-f.Sprung():
	case <-ctx.Done():
		s.Fatalf("void: the request that the fault waits for did not come within %s", soon)
	}
}
