package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	admissionv1 "k8s.io/api/admissionregistration/v1"
	"sigs.k8s.io/yaml"
)

const written = "../../config/admission"

// each runs a test for both policies.
func each(t *testing.T, test func(t *testing.T, of source)) {
	for _, of := range []source{secrets, configMaps} {
		t.Run(of.resource, func(t *testing.T) { test(t, of) })
	}
}

func read(t *testing.T, of source) string {
	t.Helper()
	file, err := os.ReadFile(filepath.Join(written, of.file()))
	if err != nil {
		t.Fatal(err)
	}
	return string(file)
}

func TestPolicy_Files_AreUpToDate(t *testing.T) {
	each(t, func(t *testing.T, of source) {
		refs, err := references(kinds(), of)
		if err != nil {
			t.Fatal(err)
		}
		text, err := render(of, refs)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(read(t, of), string(text)); diff != "" {
			t.Errorf("the types ask for another policy; run make generate (-written +now):\n%s", diff)
		}
	})
}

func parsed(t *testing.T, of source) (p admissionv1.ValidatingAdmissionPolicy, b admissionv1.ValidatingAdmissionPolicyBinding) {
	t.Helper()
	policy, binding, _ := strings.Cut(read(t, of), "\n---\n")
	if err := yaml.UnmarshalStrict([]byte(policy), &p); err != nil {
		t.Fatal(err)
	}
	if err := yaml.UnmarshalStrict([]byte(binding), &b); err != nil {
		t.Fatal(err)
	}
	return p, b
}

func TestPolicy_Failing_IsEnforced(t *testing.T) {
	each(t, func(t *testing.T, of source) {
		p, b := parsed(t, of)
		if p.Spec.FailurePolicy == nil || *p.Spec.FailurePolicy != admissionv1.Fail {
			t.Errorf("failurePolicy %v", p.Spec.FailurePolicy)
		}
		if diff := cmp.Diff([]admissionv1.ValidationAction{admissionv1.Deny}, b.Spec.ValidationActions); diff != "" {
			t.Errorf("validationActions (-want +got):\n%s", diff)
		}
		if b.Spec.PolicyName != p.Name || b.Spec.MatchResources != nil || p.Spec.MatchConstraints.NamespaceSelector != nil {
			t.Error("the binding leaves something out")
		}
	})
}

func TestPolicy_Expressions_HaveAtMostTwoChecks(t *testing.T) {
	each(t, func(t *testing.T, of source) {
		p, _ := parsed(t, of)
		var expressions []string
		for _, c := range p.Spec.MatchConditions {
			expressions = append(expressions, c.Expression)
		}
		for _, v := range p.Spec.Validations {
			expressions = append(expressions, v.Expression)
		}
		others := map[string]int{"secrets": 3, "configmaps": 2} // the condition, too many, and the right to list
		if got, want := len(expressions), others[of.resource]+most; got != want {
			t.Errorf("%d expressions, want %d", got, want)
		}
		for _, e := range expressions {
			if n := strings.Count(e, ".check("); n > 2 {
				t.Errorf("%d checks: %s", n, e)
			}
		}
	})
}
