package e2e_test

import (
	"net/http"
	"strings"

	rbacv1 "k8s.io/api/rbac/v1"
	"k8s.io/utils/ptr"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/account-operator/account-operator/api/v1alpha1"
	"github.com/account-operator/account-operator/test/cluster"
)

// unreached are rights that the manager needs and this tour has no need of. Beside them, it may list what it watches: against an
// API server that does not stream lists as watches, as this one does, it has to.
var unreached = map[string]string{
	"patch events.events.k8s.io": "an event that repeats within minutes",
}

// ofFinalizers reports whether a right is asked of owners where blockOwnerDeletion is enforced, which it is not here.
func ofFinalizers(right string) bool {
	return strings.HasPrefix(right, "update ") && strings.Contains(right, "s/finalizers")
}

// usesAllItsRights lists the rights that the manager has and never used.
func (s *scene) usesAllItsRights() {
	s.Helper()
	used := map[string]bool{}
	requests, err := s.cluster.Audit.Since(cluster.Mark{}, cluster.ByUser(serviceAccount))
	s.must(err)
	for _, r := range requests {
		if r.Code != http.StatusForbidden {
			used[right(r.Verb, r.Resource, r.Subresource, r.Group)] = true
		}
	}
	for _, r := range s.rights() {
		_, excused := unreached[r]
		watched, lists := strings.CutPrefix(r, "list ")
		if !used[r] && !excused && !ofFinalizers(r) && (!lists || !used["watch "+watched]) {
			s.Errorf("the manager may %s and never does", r)
		}
	}
}

// tourAction has a button pressed that disappears at once.
func (s *scene) tourAction() {
	s.Helper()
	action := &v1alpha1.AccountAction{ObjectMeta: named("reset"), Spec: v1alpha1.AccountActionSpec{
		AccountRef: v1alpha1.AccountReference{Name: "alice"}, Type: v1alpha1.ActionSendPasswordReset, TTLSecondsAfterFinished: ptr.To(int32(0)),
	}}
	s.create(action)
	s.isGone(action)
}

// rights are those of the manager's roles, one by one.
func (s *scene) rights() []string {
	s.Helper()
	everywhere, election := &rbacv1.ClusterRole{}, &rbacv1.Role{}
	s.must(s.api.Get(s.Context(), client.ObjectKey{Name: "account-operator-manager"}, everywhere))
	s.must(s.api.Get(s.Context(), client.ObjectKey{Namespace: home, Name: "account-operator-leader-election"}, election))
	var all []string
	for _, rule := range append(everywhere.Rules, election.Rules...) {
		for _, verb := range rule.Verbs {
			for _, resource := range rule.Resources {
				all = append(all, right(verb, resource, "", rule.APIGroups[0]))
			}
		}
	}
	return all
}

func right(verb, resource, subresource, group string) string {
	if subresource != "" {
		resource += "/" + subresource
	}
	return verb + " " + resource + "." + group
}
