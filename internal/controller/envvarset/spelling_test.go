package envvarset

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/account-operator/account-operator/api/v1alpha1"
	"github.com/account-operator/account-operator/internal/source"
	"github.com/account-operator/account-operator/internal/store"
)

func TestPlan_StoreFoldsNames_OneOfAllSpellings(t *testing.T) {
	as := spellingOf(store.Capabilities{FoldsNames: true})
	for name, c := range map[string]struct {
		policy  v1alpha1.UpdatePolicy
		want    []source.Variable
		have    []store.EnvVar
		changes []string
	}{
		"what is there already is not written":     {"", wants("Path", "1"), []store.EnvVar{holds("PATH", "1", mine)}, nil},
		"another value is written over it":         {"", wants("Path", "1"), []store.EnvVar{holds("PATH", "0", mine)}, []string{"Set PATH"}},
		"unclaimed is adopted":                     {"", wants("Path", "1"), []store.EnvVar{holds("PATH", "1", nobody)}, []string{"Set PATH"}},
		"another set's is waited for":              {"", wants("Path", "1"), []store.EnvVar{holds("PATH", "1", theirs)}, []string{"Await PATH"}},
		"what is not wanted in any is deleted":     {"", wants("Home", "1"), []store.EnvVar{holds("PATH", "1", mine)}, []string{"Set Home", "Delete PATH"}},
		"what exists is not written, if set once":  {v1alpha1.UpdateIfNotExists, wants("Path", "1"), []store.EnvVar{holds("PATH", "0", nobody)}, nil},
		"what was ours is released, if set once":   {v1alpha1.UpdateIfNotExists, wants("Path", "1"), []store.EnvVar{holds("PATH", "0", mine)}, []string{"Release PATH"}},
		"what is missing is written, and released": {v1alpha1.UpdateIfNotExists, wants("Path", "1"), nil, []string{"Set Path", "Release Path"}},
	} {
		t.Run(name, func(t *testing.T) {
			desired := desiring(c.want, "record")
			desired.as = as
			p := planFor(c.policy)(desired, c.have)
			var changes []string
			for _, ch := range p.changes {
				changes = append(changes, string(ch.Op)+" "+ch.Name)
			}
			if diff := cmp.Diff(c.changes, changes); diff != "" {
				t.Errorf("changes (-want +got):\n%s", diff)
			}
		})
	}
}
