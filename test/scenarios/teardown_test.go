package scenarios

import (
	"context"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"slices"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	rbacv1 "k8s.io/api/rbac/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/util/yaml"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/account-operator/account-operator/api/v1alpha1"
	"github.com/account-operator/account-operator/internal/controller/object"
	"github.com/account-operator/account-operator/test/fault"
	"github.com/account-operator/account-operator/test/long"
)

// A namespace goes with a hundred objects in whatever order they are deleted before it, also when what lets the manager
// read its Secrets goes first.
func TestNamespace_AHundredObjects_GoesInAnyOrder(t *testing.T) {
	orders := map[string]func([]client.Object) []client.Object{
		"the RoleBinding first": func(all []client.Object) []client.Object { return only[*rbacv1.RoleBinding](all) },
		"the Secrets first":     func(all []client.Object) []client.Object { return only[*corev1.Secret](all) },
		"the accounts first":    func(all []client.Object) []client.Object { return only[*v1alpha1.Account](all) },
	}
	for n := range long.Choose(0, 47) {
		orders[fmt.Sprintf("some of all first, seed %d", n)] = func(all []client.Object) []client.Object {
			r := rand.New(rand.NewPCG(uint64(n), 0)) //nolint:gosec // a seed that can be given
			r.Shuffle(len(all), func(i, j int) { all[i], all[j] = all[j], all[i] })
			return all[:r.IntN(len(all))]
		}
	}
	for name, order := range orders {
		t.Run(name, func(t *testing.T) {
			torn := fault.Begin(t, fault.Case{Goal: "G5", Workload: "a namespace of a hundred objects", Trigger: name, Action: "delete"})
			s := newScenario(t)
			binding := s.asTheInstalledManager()
			all := append(s.aHundredObjects(), binding)
			for _, o := range order(slices.Clone(all)) {
				s.delete(o)
			}

			s.delete(s.namespaceObject())
			torn.Add(1)

			s.eventually(time.Minute, func() string {
				err := s.api.Get(context.Background(), client.ObjectKey{Name: s.ns}, &corev1.Namespace{})
				if apierrors.IsNotFound(err) {
					return ""
				}
				return "the namespace is still there"
			})
			if n := s.count(`SELECT (SELECT count(*) FROM accounts WHERE deleted_at IS NULL) +
				(SELECT count(*) FROM env_vars) + (SELECT count(*) FROM connections)`); n != 0 {
				t.Errorf("%d rows outlived the namespace", n)
			}
		})
	}
}

func only[T client.Object](all []client.Object) (some []client.Object) {
	for _, o := range all {
		if _, is := o.(T); is {
			some = append(some, o)
		}
	}
	return some
}

// aHundredObjects are accounts that name each other as heirs, with sets, connections, actions and Secrets, all Ready.
func (s *scenario) aHundredObjects() (all []client.Object) {
	s.Helper()
	var ready []object.Object
	for n := range 12 {
		name := fmt.Sprintf("a-%02d", n)
		a := account(name, name+"@example.com")
		a.Labels = maps.Clone(vision)
		a.Spec.Deletion = toHeir(fmt.Sprintf("a-%02d", (n+1)%12))
		ready = append(ready, a)
		src := secret(name, "access-key-id", "1", "secret-access-key", "2")
		all = append(all, src, action(name, name, v1alpha1.ActionResendVerificationEmail))
		for _, part := range []string{"-x", "-y", "-z"} {
			set := envVarSet(name+part, name, fromSecret("A"+part[1:], name, "access-key-id"))
			ready = append(ready, set)
		}
		ready = append(ready, s3Connection(name, name, name), s3Connection(name+"-b", name, name))
	}
	ready = append(ready, forTeam("team"))
	for _, o := range ready {
		all = append(all, o)
	}
	s.create(all...)
	s.becomesReady(ready...)
	return all
}

// asTheInstalledManager restarts the manager with the rights that the manifests give it, those to Secrets by a binding in
// the namespace; it returns that binding.
func (s *scenario) asTheInstalledManager() *rbacv1.RoleBinding {
	s.Helper()
	file, err := os.Open("../../config/rbac/manager_role.yaml")
	s.must(err)
	defer func() { _ = file.Close() }()
	var shipped rbacv1.ClusterRole
	s.must(yaml.NewYAMLOrJSONDecoder(file, 4096).Decode(&shipped))
	of := func(secrets bool) (rules []rbacv1.PolicyRule) {
		for _, rule := range shipped.Rules {
			if slices.Contains(rule.Resources, "secrets") == secrets {
				rules = append(rules, rule)
			}
		}
		return rules
	}
	s.user = "installed-manager-of-" + s.ns
	everywhere, here := named(s.ns), named("secrets")
	subjects := []rbacv1.Subject{{Kind: rbacv1.UserKind, APIGroup: rbacv1.GroupName, Name: s.user}}
	binding := &rbacv1.RoleBinding{
		ObjectMeta: here, Subjects: subjects, RoleRef: rbacv1.RoleRef{APIGroup: rbacv1.GroupName, Kind: "Role", Name: "secrets"},
	}
	atLarge := []client.Object{
		&rbacv1.ClusterRole{ObjectMeta: everywhere, Rules: of(false)},
		&rbacv1.ClusterRoleBinding{
			ObjectMeta: everywhere, Subjects: subjects,
			RoleRef: rbacv1.RoleRef{APIGroup: rbacv1.GroupName, Kind: "ClusterRole", Name: s.ns},
		},
	}
	for _, o := range atLarge {
		s.must(s.api.Create(context.Background(), o))
		s.Cleanup(func() { _ = s.api.Delete(context.Background(), o) })
	}
	s.create(&rbacv1.Role{ObjectMeta: here, Rules: of(true)}, binding)
	s.restartManager()
	return binding
}
