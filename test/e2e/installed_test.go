package e2e_test

import (
	"context"
	"crypto/tls"
	"io"
	"net/http"
	"os/exec"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	corev1 "k8s.io/api/core/v1"
	rbacv1 "k8s.io/api/rbac/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/rest"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/controller/controllerutil"

	"github.com/account-operator/account-operator/api/v1alpha1"
	"github.com/account-operator/account-operator/internal/kinds"
	"github.com/account-operator/account-operator/test/cluster"
	"github.com/account-operator/account-operator/test/manager"
)

const (
	home           = "account-operator-system"
	serviceAccount = "system:serviceaccount:" + home + ":account-operator"
)

// newInstallation is a scene on a cluster of its own, with all of config/default
// installed as users do it.
func newInstallation(t *testing.T) *scene {
	t.Helper()
	c, err := cluster.Start(t.Context(), cluster.Options{Audit: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := c.Stop(); err != nil {
			t.Error(err)
		}
	})
	apply := exec.CommandContext(t.Context(), c.Kubectl(), "--kubeconfig="+c.Kubeconfig(), "apply", "--server-side", "-k", "../../config/default")
	if out, err := apply.CombinedOutput(); err != nil {
		t.Fatalf("installing config/default: %v\n%s", err, out)
	}
	s := newSceneOn(t, c, sqlite)
	s.eventually(func(ctx context.Context) string {
		probe := account("probe")
		probe.Namespace = s.ns
		if err := s.api.Create(ctx, probe, client.DryRunAll); err != nil {
			return err.Error()
		}
		if !controllerutil.ContainsFinalizer(probe, v1alpha1.Finalizer) {
			return "the finalizer policy does not act yet"
		}
		return ""
	})
	return s
}

// serviceAccount is the access of one, once it is there.
func (s *scene) serviceAccount(namespace, name string) *rest.Config {
	s.Helper()
	var access *rest.Config
	s.eventually(func(ctx context.Context) string {
		var err error
		if access, err = s.cluster.AsServiceAccount(ctx, namespace, name); err != nil {
			return err.Error()
		}
		return ""
	})
	return access
}

func TestInstalled_Rights_AreEnough(t *testing.T) {
	t.Parallel()
	s := newInstallation(t)

	// Given a manager that runs as the Deployment's Pod would
	m := s.startWith(s.serviceAccount(home, "account-operator"), manager.Options{
		Metrics: true,
		Args:    []string{"--leader-elect", "--leader-elect-namespace=" + home, "--metrics-secure=true"},
	})

	// When it makes one object of each kind, that is one write each: the policy has put the finalizer
	s.tourWell()
	once := map[string]int{}
	for _, k := range kinds.Claiming() {
		once["update "+k.Resource()+"/status"] = 1
	}
	if diff := cmp.Diff(once, s.written()); diff != "" {
		t.Errorf("writes to our objects (-want +got):\n%s", diff)
	}
	s.tourChanges()
	s.tourIll()
	s.tourAction()
	s.tourEnd()
	s.readsMetrics(m)
	s.stop(m) // it notes how far the store has come

	// Then it was allowed to do everything that it tried
	refused, err := s.cluster.Audit.Since(cluster.Mark{}, cluster.ByUser(serviceAccount), func(r cluster.Request) bool {
		return r.Code == http.StatusForbidden || r.Code == http.StatusUnauthorized
	})
	s.must(err)
	if len(refused) != 0 {
		t.Errorf("refused: %v", cluster.Count(refused))
	}

	// And it has no right that it never uses
	s.usesAllItsRights()
}

// written counts the manager's writes to our objects.
func (s *scene) written() map[string]int {
	s.Helper()
	writes, err := s.cluster.Audit.Since(cluster.Mark{}, cluster.ByUser(serviceAccount), cluster.Writes, func(r cluster.Request) bool {
		return r.Group == v1alpha1.GroupVersion.Group
	})
	s.must(err)
	return cluster.Count(writes)
}

// readsMetrics reads them as a system that collects metrics does, and checks
// that nobody else can.
func (s *scene) readsMetrics(m *manager.Manager) {
	s.Helper()
	s.create(
		&corev1.ServiceAccount{ObjectMeta: named("collector")}, &corev1.ServiceAccount{ObjectMeta: named("stranger")},
		&rbacv1.ClusterRoleBinding{
			ObjectMeta: metav1.ObjectMeta{GenerateName: "collector-"},
			RoleRef:    rbacv1.RoleRef{APIGroup: rbacv1.GroupName, Kind: "ClusterRole", Name: "account-operator-metrics-reader"},
			Subjects:   []rbacv1.Subject{{Kind: rbacv1.ServiceAccountKind, Namespace: s.ns, Name: "collector"}},
		})
	collector, stranger := s.serviceAccount(s.ns, "collector"), s.serviceAccount(s.ns, "stranger")
	s.eventually(func(ctx context.Context) string { // a role takes effect a moment after it was given
		if code, page := s.scrape(ctx, m, collector); code != http.StatusOK || !strings.Contains(page, "account_operator_objects") {
			return page
		}
		return ""
	})
	if code, _ := s.scrape(s.Context(), m, stranger); code != http.StatusForbidden {
		s.Errorf("somebody without a right to read metrics gets %d", code)
	}
}

// scrape does not check who answers: the certificate is the manager's own.
func (s *scene) scrape(ctx context.Context, m *manager.Manager, access *rest.Config) (int, string) {
	s.Helper()
	anyone := &http.Transport{TLSClientConfig: &tls.Config{InsecureSkipVerify: true}, DisableKeepAlives: true}
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, "https://"+m.MetricsAddress()+"/metrics", nil)
	s.must(err)
	request.Header.Set("Authorization", "Bearer "+access.BearerToken)
	response, err := (&http.Client{Transport: anyone}).Do(request)
	s.must(err)
	defer func() { _ = response.Body.Close() }()
	page, err := io.ReadAll(response.Body)
	s.must(err)
	return response.StatusCode, string(page)
}
