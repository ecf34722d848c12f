package main

import (
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	admissionv1 "k8s.io/api/admissionregistration/v1"
	"sigs.k8s.io/yaml"
)

const written = "../../config/admission/secret_access_policy.yaml"

func TestThePolicyIsUpToDate(t *testing.T) {
	file, err := os.ReadFile(written)
	if err != nil {
		t.Fatal(err)
	}
	refs, err := references(kinds())
	if err != nil {
		t.Fatal(err)
	}
	text, err := render(refs)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(file), string(text)); diff != "" {
		t.Errorf("the types ask for another policy; run make generate (-written +now):\n%s", diff)
	}
}

func parsed(t *testing.T) (p admissionv1.ValidatingAdmissionPolicy, b admissionv1.ValidatingAdmissionPolicyBinding) {
	t.Helper()
	file, err := os.ReadFile(written)
	if err != nil {
		t.Fatal(err)
	}
	policy, binding, _ := strings.Cut(string(file), "\n---\n")
	if err := yaml.UnmarshalStrict([]byte(policy), &p); err != nil {
		t.Fatal(err)
	}
	if err := yaml.UnmarshalStrict([]byte(binding), &b); err != nil {
		t.Fatal(err)
	}
	return p, b
}

// An error in an expression must refuse, and what is refused must not only be warned of.
func TestThePolicyIsEnforcedAlsoWhenItFails(t *testing.T) {
	p, b := parsed(t)
	if p.Spec.FailurePolicy == nil || *p.Spec.FailurePolicy != admissionv1.Fail {
		t.Errorf("failurePolicy %v", p.Spec.FailurePolicy)
	}
	if diff := cmp.Diff([]admissionv1.ValidationAction{admissionv1.Deny}, b.Spec.ValidationActions); diff != "" {
		t.Errorf("validationActions (-want +got):\n%s", diff)
	}
	if b.Spec.PolicyName != p.Name || b.Spec.MatchResources != nil || p.Spec.MatchConstraints.NamespaceSelector != nil {
		t.Error("the binding leaves something out")
	}
}

// The API server pays for two checks in an expression. With a third it would refuse, whoever asks.
func TestNoExpressionHasMoreThanTwoChecks(t *testing.T) {
	p, _ := parsed(t)
	var expressions []string
	for _, c := range p.Spec.MatchConditions {
		expressions = append(expressions, c.Expression)
	}
	for _, v := range p.Spec.Validations {
		expressions = append(expressions, v.Expression)
	}
	if got, want := len(expressions), 1+2+most; got != want {
		t.Errorf("%d expressions, want %d", got, want)
	}
	for _, e := range expressions {
		if n := strings.Count(e, ".check("); n > 2 {
			t.Errorf("%d checks: %s", n, e)
		}
	}
}
