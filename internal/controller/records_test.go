package controller

import (
	"encoding/json"
	"os"
	"testing"

	"k8s.io/apimachinery/pkg/types"
	"sigs.k8s.io/yaml"

	"github.com/account-operator/account-operator/api/v1alpha1"
	"github.com/account-operator/account-operator/internal/controller/account"
	"github.com/account-operator/account-operator/internal/controller/cloudconnection"
	"github.com/account-operator/account-operator/internal/controller/clusterview"
	"github.com/account-operator/account-operator/internal/controller/envvarset"
	"github.com/account-operator/account-operator/internal/controller/lifecycle"
	"github.com/account-operator/account-operator/internal/controller/sshkey"
	"github.com/account-operator/account-operator/internal/source"
	"github.com/account-operator/account-operator/internal/store"
)

func TestRecord_OfASpecThatAnEarlierManagerApplied_IsTheSame(t *testing.T) {
	var applied []struct {
		Kind, Record string
		Spec         json.RawMessage
	}
	text, err := os.ReadFile("testdata/records.yaml")
	if err == nil {
		err = yaml.UnmarshalStrict(text, &applied)
	}
	if err != nil || len(applied) == 0 {
		t.Fatal(err)
	}
	for _, a := range applied {
		if got := recordFor(t, a.Kind, a.Spec); got != a.Record {
			t.Errorf("%s %s\n  record: %s, now %s", a.Kind, a.Spec, a.Record, got)
		}
	}
}

// recordFor is the record of an object with this spec, whose sources are all there.
func recordFor(t *testing.T, kind string, spec []byte) (record string) {
	t.Helper()
	owner, w := store.Claim{UID: "uid-alice"}, &clusterview.Reader{}
	var err error
	switch kind {
	case "Account":
		record, err = accountRecord(parsed[v1alpha1.AccountSpec](t, spec))
	case "EnvVarSet":
		s := &v1alpha1.EnvVarSet{Spec: *parsed[v1alpha1.EnvVarSetSpec](t, spec)}
		sources, problem := source.NewSources(&s.Spec, nil)
		if problem != nil {
			t.Fatal(problem)
		}
		refs := sources.Refs()
		record, err = (&envvarset.Kind{Reader: w}).Record(s, owner, refs, objectsOf(refs))
	case "CloudConnection":
		c := &v1alpha1.CloudConnection{Spec: *parsed[v1alpha1.CloudConnectionSpec](t, spec)}
		ref, _ := source.CredentialKeys(&c.Spec)
		refs := []source.Ref{ref}
		record, err = (&cloudconnection.Kind{Child: &lifecycle.Child[*v1alpha1.CloudConnection, store.Connection]{Reader: w}}).Record(c, owner, refs, objectsOf(refs))
	case "SSHKey":
		k := &v1alpha1.SSHKey{Spec: *parsed[v1alpha1.SSHKeySpec](t, spec)}
		want, problem := sshkey.Kind{}.Desired(k)
		if problem != nil {
			t.Fatal(problem)
		}
		record, err = lifecycle.PlainRecord(k, owner, want)
	default:
		t.Fatalf("no record is made of a %s", kind)
	}
	if err != nil {
		t.Fatal(err)
	}
	return record
}

func accountRecord(spec *v1alpha1.AccountSpec) (string, error) {
	a := &v1alpha1.Account{Spec: *spec}
	return account.Record(a)
}

func parsed[S any](t *testing.T, text []byte) *S {
	t.Helper()
	spec := new(S)
	if err := yaml.UnmarshalStrict(text, spec); err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	return spec
}

func objectsOf(refs []source.Ref) map[source.Ref]source.Object {
	objects := map[source.Ref]source.Object{}
	for _, ref := range refs {
		objects[ref] = source.Object{UID: types.UID("uid-" + ref.Name), ResourceVersion: "7"}
	}
	return objects
}
