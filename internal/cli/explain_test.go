package cli

import (
	"errors"
	"strings"
	"testing"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/runtime/schema"
)

// Given a refusal, when it is explained, then a right is named where that is what is missing; a policy says itself what it asks for.
func TestExplain_Refused_NamesTheRightThatIsMissing(t *testing.T) {
	const right = "it takes the right to create accountactions.account-operator.io"
	resource := schema.GroupResource{Group: "account-operator.io", Resource: "accountactions"}
	for because, named := range map[string]bool{
		`User "clerk" cannot create resource "accountactions" in API group "account-operator.io" in the namespace "team"`:   true,
		`ValidatingAdmissionPolicy 'confirm' denied request: user clerk may not confirm; ask for the ClusterRole confirmer`: false,
		`exceeded quota: actions, requested: count/accountactions.account-operator.io=1, used: 5, limited: 5`:               false,
	} {
		reported := (&session{}).explain(t.Context(), apierrors.NewForbidden(resource, "a", errors.New(because)), "create", target{kind: actionKind}).Error()
		if !strings.Contains(reported, because) || strings.Contains(reported, right) != named {
			t.Errorf("%s: it is explained by %q", because, reported)
		}
	}
}
