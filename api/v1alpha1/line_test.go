package v1alpha1_test

import (
	"context"
	"errors"
	"slices"
	"testing"
	"time"

	apiextensionsv1 "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1"
	"k8s.io/apimachinery/pkg/util/wait"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/account-operator/account-operator/internal/legible"
)

// notRead are texts of a spec that are free, and that no one reads to know whom or what is spoken of.
var notRead = []string{
	"spec.dotenv[].inline", "spec.env[].value", // what a program gets, byte by byte
	"spec.email",                                                     // of an AccountAction, compared with the address of the account
	"spec.publicKey",                                                 // ASCII only, by a rule of the spec
	"spec.restoreAccountID",                                          // compared with an ID of the store
	"spec.envFrom[].keys.exclude[]", "spec.envFrom[].keys.include[]", // regular expressions
}

// Given every text of every spec that has no fixed form, then it is a line in which nothing hides, by the pattern of internal/legible.
func TestLine_TextThatHidesSomething_IsRefused(t *testing.T) {
	line := []string{"!self.matches(r'" + legible.Broken + "')", "!self.matches(r'" + legible.Hidden + "')"}
	for kind, s := range schemas(t) {
		known := nodes(s)
		for _, path := range leaves("spec", s) {
			n := known[path]
			if n.Type != "string" || len(n.Enum) > 0 || slices.Contains(notRead, path) {
				continue
			}
			var rules []string
			for _, r := range n.XValidations {
				rules = append(rules, r.Rule)
			}
			if len(rules) == 0 || rules[0][0] == '!' && !slices.Equal(rules, line) {
				t.Errorf("%s %s is a free text with the rules %q", kind, path, rules)
			}
		}
	}
}

// Given an object with a text of before the rule, in which something hides, when anything else of it changes, then that is accepted; a
// new text is to be one in which nothing hides.
func TestLine_TextOlderThanTheRule_IsKept(t *testing.T) {
	installed := &apiextensionsv1.CustomResourceDefinition{}
	install := clientWithDefinitions(t)
	if err := install.Get(t.Context(), client.ObjectKey{Name: "accounts.account-operator.io"}, installed); err != nil {
		t.Fatal(err)
	}
	former := formerly(installed)
	if err := install.Create(t.Context(), former); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = install.Delete(context.Background(), former) })
	alice := object(t, "{kind: Account, spec: {email: alice@example.com}}")
	alice.SetAPIVersion(former.Spec.Group + "/v1alpha1")
	alice = with(alice, "spec.username", "al\u202eice")
	becomes(t, func() error { return admin.Create(t.Context(), alice) })

	// when the rule comes
	becomes(t, func() error {
		if err := install.Get(t.Context(), client.ObjectKeyFromObject(former), former); err != nil {
			return err
		}
		former.Spec.Versions[0].Schema = installed.Spec.Versions[0].Schema
		return install.Update(t.Context(), former)
	})
	var refusal error
	becomes(t, func() error {
		refusal = admin.Update(t.Context(), with(alice, "spec.username", "b\u202eob"), client.DryRunAll)
		if refusal == nil {
			return errors.New("the rule does not hold yet")
		}
		return nil
	})

	refused(t, refusal, "spec.username", notSeen)
	for _, other := range []string{"spec.invoice.company", "metadata.labels.team"} {
		accepted(t, admin.Update(t.Context(), with(alice, other, "x"), client.DryRunAll))
	}
	accepted(t, admin.Update(t.Context(), with(alice, "spec.username", "bob"), client.DryRunAll))
}

// clientWithDefinitions is an administrator who knows kinds of kinds, too.
func clientWithDefinitions(t *testing.T) client.Client {
	t.Helper()
	if err := apiextensionsv1.AddToScheme(admin.Scheme()); err != nil {
		t.Fatal(err)
	}
	return admin
}

// formerly is the kind as it was before a username had rules, in a group of its own.
func formerly(d *apiextensionsv1.CustomResourceDefinition) *apiextensionsv1.CustomResourceDefinition {
	former := &apiextensionsv1.CustomResourceDefinition{Spec: *d.Spec.DeepCopy()}
	former.Spec.Group = "formerly.account-operator.io"
	former.Name = former.Spec.Names.Plural + "." + former.Spec.Group
	former.Spec.Names.Categories, former.Spec.Names.ShortNames = nil, nil
	spec := former.Spec.Versions[0].Schema.OpenAPIV3Schema.Properties["spec"]
	username := spec.Properties["username"]
	username.XValidations = nil
	spec.Properties["username"] = username
	return former
}

// becomes waits until something can be done.
func becomes(t *testing.T, try func() error) {
	t.Helper()
	var last error
	err := wait.PollUntilContextTimeout(t.Context(), 20*time.Millisecond, time.Minute, true, func(context.Context) (bool, error) {
		last = try()
		return last == nil, nil
	})
	if err != nil {
		t.Fatal(errors.Join(err, last))
	}
}
