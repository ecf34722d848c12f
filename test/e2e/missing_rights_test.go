package e2e_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	rbacv1 "k8s.io/api/rbac/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/yaml"

	"github.com/account-operator/account-operator/test/cluster"
	"github.com/account-operator/account-operator/test/manager"
)

// showsLater are rights that no manager is refused for: without one it works, and says what it could not do.
var showsLater = map[string]string{
	"create events":                                         "events are lost, and the log says so",
	"patch events":                                          "likewise",
	"create tokenreviews":                                   "whoever reads metrics is turned away",
	"create subjectaccessreviews":                           "likewise",
	"get configmaps named account-operator-store":           "the record of the store, which says by itself what to install",
	"update configmaps named account-operator-store":        "likewise",
	"create configmaps of account-operator-leader-election": "likewise",
}

// endsWithin is how soon a manager ends that lacks a right; a role that was just bound has five of them to be known.
const endsWithin = 15 * time.Second

// Given a manager that has all rights of its roles but one, when it starts, then it ends within seconds, with the exit status for what
// a person has to mend, and says which right it is; it does not wait for caches that are never filled, and blames no Lease.
func TestStart_OneRightIsMissing_NamesTheVerbAndTheResource(t *testing.T) {
	t.Parallel()
	roles := managersRoles(t)
	type lack struct {
		role, rule, verb, resource int
	}
	var all []lack
	for i, role := range roles {
		for j, rule := range role {
			for k := range rule.Verbs {
				for l := range rule.Resources {
					all = append(all, lack{i, j, k, l})
				}
			}
		}
	}
	s := newScene(t, sqlite)
	abreast(t, len(all), func(n int) {
		at := all[n]
		rule := roles[at.role][at.rule]
		right := rule.Verbs[at.verb] + " " + rule.Resources[at.resource]
		if _, later := showsLater[shownAs(right, rule, at.role)]; later || ofFinalizers(right) {
			return
		}
		t.Run(right, func(t *testing.T) {
			user := fmt.Sprintf("lacks-%d-of-%s", n, s.ns)
			s.allow(user, without(roles, at.role, at.rule, at.verb, at.resource))
			began := time.Now()
			r := s.beginAs(t, user, "--leader-elect", "--leader-elect-namespace="+s.ns, "--leader-elect-id="+user)
			assertRefused(t, r, mendIt, "may not "+right, "kubectl apply --server-side -k config/default")
			if strings.Contains(r.Stderr, ", nor ") {
				t.Errorf("it names a right that it has: %s", r.Stderr)
			}
			if took := time.Since(began); took > endsWithin {
				t.Errorf("it took %s", took)
			}
			if strings.Contains(r.Stderr, "Lease was lost") {
				t.Errorf("it blames the Lease: %s", r.Stderr)
			}
		})
	})
}

// shownAs is how showsLater names a right.
func shownAs(right string, rule rbacv1.PolicyRule, role int) string {
	switch {
	case len(rule.ResourceNames) > 0:
		return right + " named " + rule.ResourceNames[0]
	case role == 1 && right == "create configmaps":
		return right + " of account-operator-leader-election"
	}
	return right
}

// managersRoles are the rules of the manager's ClusterRole, and of its Role beside the Lease.
func managersRoles(t *testing.T) [2][]rbacv1.PolicyRule {
	t.Helper()
	var roles [2][]rbacv1.PolicyRule
	for n, file := range []string{"manager_role.yaml", "leader_election_role.yaml"} {
		text, err := os.ReadFile(filepath.Join("../../config/rbac", file))
		if err != nil {
			t.Fatal(err)
		}
		var role rbacv1.ClusterRole // a Role has the same rules
		first, _, _ := strings.Cut(string(text), "\n---\n")
		if err := yaml.Unmarshal([]byte(first), &role); err != nil || len(role.Rules) == 0 {
			t.Fatalf("%s: %v, %d rules", file, err, len(role.Rules))
		}
		roles[n] = role.Rules
	}
	return roles
}

// without gives all rules, where one of its verbs is missing for one of its resources.
func without(roles [2][]rbacv1.PolicyRule, role, rule, verb, resource int) (rest []rbacv1.PolicyRule) {
	for i, rules := range roles {
		for j, r := range rules {
			if i != role || j != rule {
				rest = append(rest, r)
				continue
			}
			others, fewer := *r.DeepCopy(), *r.DeepCopy()
			others.Resources = slices.Delete(others.Resources, resource, resource+1)
			fewer.Resources = r.Resources[resource : resource+1]
			fewer.Verbs = slices.Delete(fewer.Verbs, verb, verb+1)
			for _, part := range []rbacv1.PolicyRule{others, fewer} {
				if len(part.Resources) > 0 && len(part.Verbs) > 0 {
					rest = append(rest, part)
				}
			}
		}
	}
	return rest
}

// allow gives a user rights, everywhere.
func (s *scene) allow(user string, rules []rbacv1.PolicyRule) {
	s.Helper()
	role := &rbacv1.ClusterRole{ObjectMeta: metav1.ObjectMeta{Name: user}, Rules: rules}
	binding := &rbacv1.ClusterRoleBinding{
		ObjectMeta: metav1.ObjectMeta{Name: user},
		RoleRef:    rbacv1.RoleRef{APIGroup: rbacv1.GroupName, Kind: "ClusterRole", Name: user},
		Subjects:   []rbacv1.Subject{{Kind: rbacv1.UserKind, APIGroup: rbacv1.GroupName, Name: user}},
	}
	s.must(s.api.Create(context.Background(), role))
	s.must(s.api.Create(context.Background(), binding))
	s.Cleanup(func() {
		_ = s.api.Delete(context.Background(), role)
		_ = s.api.Delete(context.Background(), binding)
	})
}

// beginAs runs a manager with a user's rights on a store of its own, which is expected to end by itself.
func (s *scene) beginAs(t *testing.T, user string, args ...string) manager.Result {
	t.Helper()
	folder := t.TempDir()
	kubeconfig := filepath.Join(folder, "kubeconfig")
	if err := cluster.WriteKubeconfig(kubeconfig, s.cluster.As(user)); err != nil {
		t.Fatal(err)
	}
	return ends(t, nil, append([]string{
		"--kubeconfig=" + kubeconfig, "--metrics-bind-address=0", "--health-probe-bind-address=0",
		"--store=sqlite://" + filepath.Join(folder, "accounts.db"), "--insecure-no-seal",
	}, args...)...)
}
