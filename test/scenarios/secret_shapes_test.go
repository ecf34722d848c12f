package scenarios

import (
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"testing"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/meta"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/account-operator/account-operator/api/v1alpha1"
	"github.com/account-operator/account-operator/test/shapes"
)

// Given secrets of all real shapes, when sets take them as .env texts, as whole Secrets and by label, then no part of one shows in
// a status, an event, a log line, the audit or any other plain column, and the names that are names do.
func TestEnvVarSet_SecretsOfRealShapes_ShownNowhere(t *testing.T) {
	s := withAlice(t)
	all, err := shapes.All()
	s.must(err)
	whole := &corev1.Secret{ObjectMeta: named("whole"), Data: map[string][]byte{}}
	chosen := &corev1.Secret{ObjectMeta: named("chosen"), Data: map[string][]byte{}}
	chosen.Labels = map[string]string{"of": "shapes"}
	var sets []*v1alpha1.EnvVarSet
	for n, shape := range all {
		whole.Data[fmt.Sprint("WHOLE_", n)], chosen.Data[fmt.Sprint("CHOSEN_", n)] = []byte(shape.Text), []byte(shape.Text)
		sets = append(sets, s.pastes(n, shape))
	}
	s.create(whole, chosen)
	both := envVarSet("both", "alice")
	both.Spec.EnvFrom = []v1alpha1.EnvFromSource{
		{SecretRef: &v1alpha1.ObjectSelector{Name: "whole"}},
		{SecretSelector: &v1alpha1.SecretSelector{MatchLabels: chosen.Labels}},
	}
	s.create(both)

	s.becomesReady(both)
	for _, set := range sets {
		s.eventually(soon, func() string {
			s.must(s.api.Get(s.Context(), client.ObjectKeyFromObject(set), set))
			if meta.FindStatusCondition(set.Status.Conditions, v1alpha1.ConditionReady) == nil {
				return set.Name + " is not judged yet"
			}
			return ""
		})
	}

	places := s.seen()
	for _, shape := range all {
		if part := shape.Leaks(places...); part != "" {
			t.Errorf("%s: %q is shown", shape.Name, part)
		}
	}
	if want := slices.Sorted(maps.Keys(whole.Data)); !slices.Contains(both.Status.Names, want[0]) {
		t.Errorf("the names do not show: %v", both.Status.Names)
	}
}

// pastes makes a set that takes the shape as a .env text, each in another way.
func (s *scenario) pastes(n int, shape shapes.Shape) *v1alpha1.EnvVarSet {
	s.Helper()
	texts, name := shape.Texts(), fmt.Sprint("pasted-", n)
	ways := slices.Sorted(maps.Keys(texts))
	src := &corev1.Secret{ObjectMeta: named(name), Data: map[string][]byte{}}
	set := envVarSet(name, "alice")
	way := ways[n%len(ways)]
	src.Data["env"] = []byte(texts[way])
	set.Spec.Dotenv = []v1alpha1.DotenvSource{{SecretKeyRef: &v1alpha1.KeySelector{Name: name, Key: "env"}}}
	s.create(src, set)
	return set
}

// seen is all that people without a right on the Secrets may see: statuses, events, logs, and the files of the database, in which
// values are sealed.
func (s *scenario) seen() (places [][]byte) {
	s.Helper()
	var sets v1alpha1.EnvVarSetList
	var accounts v1alpha1.AccountList
	var events corev1.EventList
	for _, list := range []client.ObjectList{&sets, &accounts, &events} {
		s.must(s.api.List(s.Context(), list, client.InNamespace(s.ns)))
		text, err := json.Marshal(list)
		s.must(err)
		places = append(places, text)
	}
	files, err := filepath.Glob(s.path + "*")
	s.must(err)
	for _, file := range files {
		content, err := os.ReadFile(file)
		s.must(err)
		places = append(places, content)
	}
	return append(places, []byte(logged.String()))
}
