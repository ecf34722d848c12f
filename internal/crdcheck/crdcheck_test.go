package crdcheck

import (
	"maps"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"sigs.k8s.io/yaml"

	"github.com/account-operator/account-operator/internal/kinds"
)

func TestCheck_SchemaLacksAField_NamesItsPath(t *testing.T) {
	const ours = `{properties: {
		spec: {properties: {
			suspend: {type: boolean},
			adoption: {enum: [Never, Restore]},
			env: {items: {properties: {name: {}, value: {}}}},
			labels: {additionalProperties: {properties: {of: {}}}}}},
		metadata: {type: object}}}`
	for name, c := range map[string]struct {
		theirs string
		want   []string
	}{
		"the same": {ours, nil},
		"newer ones": {`{properties: {
			spec: {properties: {
				suspend: {type: boolean}, more: {},
				adoption: {enum: [Never, Restore, Always]},
				env: {items: {properties: {name: {}, value: {}, secret: {}}}},
				labels: {additionalProperties: {properties: {of: {}}}}}},
			status: {}, metadata: {allOf: [{$ref: x}]}}}`, nil},
		"ones that allow any choice": {`{properties: {
			spec: {properties: {
				suspend: {}, adoption: {},
				env: {items: {properties: {name: {}, value: {}}}},
				labels: {additionalProperties: {properties: {of: {}}}}}},
			metadata: {}}}`, nil},
		"older ones": {
			`{properties: {
				spec: {properties: {
					adoption: {enum: [Never]},
					env: {items: {properties: {name: {}}}},
					labels: {additionalProperties: true}}},
				metadata: {}}}`,
			[]string{".spec.adoption=Restore", ".spec.env[].value", ".spec.labels[].of", ".spec.suspend"},
		},
		"ones without anything": {`{}`, []string{".metadata", ".spec"}},
		"ones without a part":   {`{properties: {metadata: {}}}`, []string{".spec"}},
	} {
		t.Run(name, func(t *testing.T) {
			if diff := cmp.Diff(c.want, lacking("", parsed(t, ours), parsed(t, c.theirs))); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func parsed(t *testing.T, text string) object {
	t.Helper()
	var o object
	if err := yaml.Unmarshal([]byte(text), &o); err != nil {
		t.Fatal(err)
	}
	return o
}

func TestCheck_BuiltIn_HasEveryKind(t *testing.T) {
	all, err := Built()
	if err != nil {
		t.Fatal(err)
	}
	var want []string
	for _, k := range kinds.All {
		want = append(want, string(k.Name))
	}
	slices.Sort(want)
	if got := slices.Sorted(maps.Keys(all)); !slices.Equal(got, want) {
		t.Errorf("kinds %v, want %v", got, want)
	}
	for kind, schema := range all {
		if below(below(schema, "properties"), "status") == nil {
			t.Errorf("%s has no status", kind)
		}
	}
}
