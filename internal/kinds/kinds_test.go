package kinds_test

import (
	"slices"
	"testing"

	apiextensionsv1 "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"sigs.k8s.io/yaml"

	"github.com/account-operator/account-operator/api/v1alpha1"
	"github.com/account-operator/account-operator/config/crd"
	"github.com/account-operator/account-operator/internal/kinds"
	"github.com/account-operator/account-operator/internal/store"
)

// What the scheme has beside our kinds and their lists.
var ofEveryGroup = []string{"CreateOptions", "DeleteOptions", "GetOptions", "ListOptions", "PatchOptions", "UpdateOptions", "WatchEvent"}

func TestAll_IsEveryKindOfTheScheme(t *testing.T) {
	scheme := runtime.NewScheme()
	if err := v1alpha1.AddToScheme(scheme); err != nil {
		t.Fatal(err)
	}
	known := scheme.KnownTypes(v1alpha1.GroupVersion)
	for name := range known {
		if _, isList := known[name+"List"]; !isList {
			if known[name[:max(0, len(name)-len("List"))]] == nil && !slices.Contains(ofEveryGroup, name) {
				t.Errorf("the scheme has %s without a list", name)
			}
			continue
		}
		if !slices.ContainsFunc(kinds.All, func(k kinds.Kind) bool { return string(k.Name) == name }) {
			t.Errorf("kinds.All lacks %s, which the scheme has", name)
		}
	}
}

func TestAll_ObjectAndListAreOfTheKind(t *testing.T) {
	scheme := runtime.NewScheme()
	if err := v1alpha1.AddToScheme(scheme); err != nil {
		t.Fatal(err)
	}
	for _, k := range kinds.All {
		gvks, _, err := scheme.ObjectKinds(k.New())
		if err != nil || gvks[0].Kind != string(k.Name) {
			t.Errorf("an object of %s is a %v: %v", k.Name, gvks, err)
		}
		gvks, _, err = scheme.ObjectKinds(k.NewList())
		if err != nil || gvks[0].Kind != string(k.Name)+"List" {
			t.Errorf("a list of %s is a %v: %v", k.Name, gvks, err)
		}
	}
}

// Given the definitions of the kinds, then each kind's names for commands and roles are those of its definition.
func TestAll_NamesForCommands_AreDefined(t *testing.T) {
	for _, k := range kinds.All {
		text, err := crd.Definitions.ReadFile("bases/" + v1alpha1.GroupVersion.Group + "_" + k.Resource() + ".yaml")
		if err != nil {
			t.Fatal(err)
		}
		var defined apiextensionsv1.CustomResourceDefinition
		if err := yaml.Unmarshal(text, &defined); err != nil {
			t.Fatal(err)
		}
		names := defined.Spec.Names
		got := []string{string(k.Name), k.Singular(), k.Resource(), k.Short}
		if want := append([]string{names.Kind, names.Singular, names.Plural}, names.ShortNames...); !slices.Equal(got, want) {
			t.Errorf("%s is %v, and defined as %v", k.Name, got, want)
		}
	}
}

// Given the kinds that claim rows in the store, when they are compared with those of which the store keeps any, then they are the same.
func TestClaiming_AreTheKindsOfTheStore(t *testing.T) {
	var ours, stores []store.Kind
	for _, k := range kinds.Claiming() {
		ours = append(ours, k.Name)
	}
	for _, k := range store.ClaimingKinds {
		stores = append(stores, k.Kind)
	}
	if !slices.Equal(ours, stores) {
		t.Errorf("kinds.Claiming has %v, store.ClaimingKinds %v", ours, stores)
	}
}
