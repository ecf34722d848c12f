package controller

import (
	"encoding/json"
	"maps"
	"reflect"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/account-operator/account-operator/api/v1alpha1"
	"github.com/account-operator/account-operator/internal/controller/cloudconnection"
	"github.com/account-operator/account-operator/internal/controller/clusterview"
	"github.com/account-operator/account-operator/internal/controller/envvarset"
	"github.com/account-operator/account-operator/internal/controller/lifecycle"
	"github.com/account-operator/account-operator/internal/source"
	"github.com/account-operator/account-operator/internal/store"
)

// emptyForms are the keys that an empty value of what a record is made from has, where it has any. These lists never grow: a key that an
// older manager did not write changes the record of every object, and an upgrade would put each of them again.
var emptyForms = map[reflect.Type][]string{
	reflect.TypeFor[store.AccountSpec]():       {"Email", "Events", "Invoice", "Newsletter", "ReferredBy", "Theme", "TwoFactor", "Username"},
	reflect.TypeFor[store.Settings[*string]](): {"Invoice", "Newsletter", "Theme", "Username"},
	reflect.TypeFor[store.Invoice[*string]](): {
		"City", "Company", "Country", "Email", "Line1", "Line2", "Name", "PostalCode", "Region", "TaxID",
	},
	reflect.TypeFor[store.SSHKey]():           {"Comment", "ID", "Key", "Type"},
	reflect.TypeFor[clusterview.SourcePart](): {"Consent", "Ref", "UID", "Version"},
}

func TestRecord_FieldThatWasAddedAndIsEmpty_IsOmitted(t *testing.T) {
	seen := map[reflect.Type]bool{}
	for _, part := range []reflect.Type{
		reflect.TypeFor[store.AccountSpec](), reflect.TypeFor[clusterview.SourcePart](), reflect.TypeFor[v1alpha1.SourceVersion](),
		reflect.TypeFor[v1alpha1.EnvVar](), reflect.TypeFor[v1alpha1.EnvFromSource](), reflect.TypeFor[v1alpha1.DotenvSource](),
		reflect.TypeFor[v1alpha1.CloudConnectionSpec](), reflect.TypeFor[store.SSHKey](),
	} {
		expectForm(t, part, seen)
	}
	for part := range emptyForms {
		if !seen[part] {
			t.Errorf("%s is no part of a record any more", part)
		}
	}
}

// expectForm checks a type and all that it holds.
func expectForm(t *testing.T, part reflect.Type, seen map[reflect.Type]bool) {
	t.Helper()
	for part.Kind() == reflect.Pointer || part.Kind() == reflect.Slice || part.Kind() == reflect.Map {
		part = part.Elem()
	}
	if part.Kind() != reflect.Struct || seen[part] {
		return
	}
	seen[part] = true
	for _, key := range keysWritten(t, reflect.Zero(part).Interface()) {
		if !slices.Contains(emptyForms[part], key) {
			t.Errorf("an empty %s has %s in its record: omit it while it is empty (json:\",omitempty\")", part, key)
		}
	}
	for f := range part.Fields() {
		expectForm(t, f.Type, seen)
	}
}

func keysWritten(t *testing.T, value any) []string {
	t.Helper()
	text, err := json.Marshal(value)
	keys := map[string]any{}
	if err == nil {
		err = json.Unmarshal(text, &keys)
	}
	if err != nil {
		t.Fatal(err)
	}
	return slices.Collect(maps.Keys(keys))
}

func TestRecord_TypeWithAFieldThatIsNotOmitted_IsFound(t *testing.T) {
	type grown struct {
		Old string
		New *string
	}
	if diff := cmp.Diff([]string{"New", "Old"}, slices.Sorted(slices.Values(keysWritten(t, grown{})))); diff != "" {
		t.Error(diff)
	}
}

// notRecorded are fields of specs that make no difference to what a record says was applied.
var notRecorded = map[string]string{
	"Account.CommonSpec": "policies and timing; DriftPolicy is a part while it is Report", "EnvVarSet.CommonSpec": "as an Account's",
	"CloudConnection.CommonSpec": "as an Account's",
	"Account.Adoption":           "counts while the object has no account", "Account.RestoreAccountID": "counts while the object has no account",
	"Account.ManagementPolicy": "says whether to write at all", "Account.Deletion": "counts when the object is deleted",
	"EnvVarSet.AccountRef":         "the account's UID is a part",
	"EnvVarSet.AccountSelector":    "the UIDs of its accounts are a part of what it settled",
	"CloudConnection.Verification": "says whether to try it; nothing of it is in the store",
}

func TestRecord_FieldOfASpecIsSet_Differs(t *testing.T) {
	differs(t, "Account", accountRecord)
	differs(t, "EnvVarSet", func(spec *v1alpha1.EnvVarSetSpec) (string, error) {
		return (&envvarset.Kind{Reader: &clusterview.Reader{}}).Record(&v1alpha1.EnvVarSet{Spec: *spec}, store.Claim{}, nil, nil)
	})
	differs(t, "CloudConnection", func(spec *v1alpha1.CloudConnectionSpec) (string, error) {
		return (&cloudconnection.Kind{Child: &lifecycle.Child[*v1alpha1.CloudConnection, store.Connection]{Reader: &clusterview.Reader{}}}).Record(&v1alpha1.CloudConnection{Spec: *spec}, store.Claim{}, []source.Ref{}, nil)
	})
}

func differs[S any](t *testing.T, kind string, recordOf func(*S) (string, error)) {
	t.Helper()
	empty, err := recordOf(new(S))
	if err != nil {
		t.Fatal(err)
	}
	for f := range reflect.TypeFor[S]().Fields() {
		spec := new(S)
		fill(reflect.ValueOf(spec).Elem().FieldByIndex(f.Index))
		got, err := recordOf(spec)
		if err != nil {
			t.Fatal(err)
		}
		if field := kind + "." + f.Name; (got == empty) != (notRecorded[field] != "") {
			t.Errorf("%s makes a difference to the record: %t. Add it there, as a part only while it is set, or say in notRecorded why not", field, got != empty)
		}
	}
}

// fill sets all that a value holds.
func fill(v reflect.Value) {
	switch v.Kind() {
	case reflect.String:
		v.SetString("x")
	case reflect.Bool:
		v.SetBool(true)
	case reflect.Int32:
		v.SetInt(1)
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		fill(v.Elem())
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), 1, 1))
		fill(v.Index(0))
	case reflect.Struct:
		for _, field := range v.Fields() {
			fill(field)
		}
	case reflect.Map:
		v.Set(reflect.MakeMap(v.Type()))
		v.SetMapIndex(reflect.ValueOf("x"), reflect.ValueOf("x"))
	default:
		panic(v.Kind())
	}
}
