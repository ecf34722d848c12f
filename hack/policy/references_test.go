package main

import (
	"reflect"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func found(t *testing.T, spec any) ([]string, error) {
	t.Helper()
	refs, err := references([]kind{{resource: "things", spec: reflect.TypeOf(spec)}}, secrets)
	var places []string
	for _, r := range refs {
		places = append(places, r.String())
	}
	return places, err
}

// What the types have now. A reference that is not in this list was added without thinking of who may read what it names;
// one that is missing was lost by the generator.
func TestReferencesOfTheKinds(t *testing.T) {
	want := map[string][]string{"secrets": {
		"cloudconnections: spec.amazonS3.credentialsSecretRef",
		"cloudconnections: spec.backblaze.credentialsSecretRef",
		"cloudconnections: spec.dropbox.credentialsSecretRef",
		"envvarsets: spec.env[].valueFrom.secretKeyRef",
		"envvarsets: spec.envFrom[].secretRef",
		"envvarsets: spec.envFrom[].secretSelector",
		"envvarsets: spec.dotenv[].secretKeyRef",
	}, "configmaps": {
		"envvarsets: spec.env[].valueFrom.configMapKeyRef",
		"envvarsets: spec.envFrom[].configMapRef",
		"envvarsets: spec.dotenv[].configMapKeyRef",
	}}
	for _, to := range []source{secrets, configMaps} {
		refs, err := references(kinds(), to)
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, r := range refs {
			got = append(got, r.String())
		}
		if diff := cmp.Diff(want[to.resource], got); diff != "" {
			t.Errorf("references to %s (-want +got):\n%s", to.resource, diff)
		}
	}
}

type (
	named struct {
		Name string `json:"name"`
	}
	hidden struct {
		Other string `json:"other"`
	}
	inner struct {
		SecretRef *named `json:"secretRef,omitempty"`
	}
	deep struct {
		Inner *inner `json:"inner,omitempty"`
	}
	inline struct {
		inner `json:",inline"`
	}
)

func TestReferences_Anywhere_AreFound(t *testing.T) {
	for name, c := range map[string]struct {
		spec any
		want []string
	}{
		"in the spec itself": {inner{}, []string{"things: spec.secretRef"}},
		"inlined":            {inline{}, []string{"things: spec.secretRef"}},
		"below":              {deep{}, []string{"things: spec.inner.secretRef"}},
		"in a list": {struct {
			L []deep `json:"l"`
		}{}, []string{"things: spec.l[].inner.secretRef"}},
		"in a list of pointers": {struct {
			L []*inner `json:"l"`
		}{}, []string{"things: spec.l[].secretRef"}},
		"a key beside a reference": {struct {
			K string `json:"appSecretKey"`
		}{}, nil},
		"not in the JSON": {struct {
			S inner `json:"-"`
		}{}, nil},
		"a list of texts": {struct {
			L []string `json:"l"`
		}{}, nil},
		"labels": {struct {
			L map[string]string `json:"l"`
		}{}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := found(t, c.spec)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Errorf("references (-want +got):\n%s", diff)
			}
		})
	}
}

func TestReferences_NotUnderstood_AreRefused(t *testing.T) {
	for name, c := range map[string]struct {
		spec any
		want string
	}{
		"a name without a struct": {struct {
			S string `json:"secretName"`
		}{}, "spec.secretName looks like a reference"},
		"another reference": {struct {
			S named `json:"tlsSecretRef"`
		}{}, "spec.tlsSecretRef looks like a reference"},
		"capitals": {struct {
			S named `json:"pullSecret"`
		}{}, "spec.pullSecret looks like a reference"},
		"a list of references": {struct {
			S []named `json:"secretRef"`
		}{}, "spec.secretRef looks like a reference"},
		"a reference without a name": {struct {
			S hidden `json:"secretRef"`
		}{}, "spec.secretRef looks like a reference"},
		"a list of selectors": {struct {
			S []hidden `json:"secretSelector"`
		}{}, "spec.secretSelector looks like a reference"},
		"in a map": {struct {
			M map[string]inner `json:"m"`
		}{}, "is in a map,"},
		"in a list of lists": {struct {
			L [][]inner `json:"l"`
		}{}, "is in a map, or in a list"},
		"in a list within a list": {struct {
			L []struct {
				K []inner `json:"k"`
			} `json:"l"`
		}{}, "is in a map, or in a list"},
		"in a list further down": {struct {
			D struct {
				K []inner `json:"k"`
			} `json:"d"`
		}{}, "is in a map, or in a list"},
	} {
		t.Run(name, func(t *testing.T) {
			if got, err := found(t, c.spec); err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("references %v, %v; want an error with %q", got, err, c.want)
			}
		})
	}
}
