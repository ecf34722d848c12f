package storerecord

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.uber.org/goleak"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"

	"github.com/account-operator/account-operator/internal/store"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestEntry_WrittenAndRead_IsTheSame(t *testing.T) {
	want := entry{
		at: types.NamespacedName{Namespace: "home", Name: "account-operator-store"},
		known: store.Identity{
			ID: "a", Incarnation: 7, Mark: 8, Newest: store.Commit{Number: 9, At: time.Date(2026, 1, 2, 3, 4, 5, 6000, time.UTC)},
		},
		former: []string{"b", "c"},
		scope:  Scope{Class: "gpu", Namespaces: []string{"team-a", "team-b"}},
	}
	m := &corev1.ConfigMap{
		ObjectMeta: metav1.ObjectMeta{Namespace: "home", Name: "account-operator-store", Labels: map[string]string{"theirs": "kept"}},
		Data:       map[string]string{"theirs": "kept"},
	}
	want.write(m)
	if m.Labels["theirs"] != "kept" || m.Data["theirs"] != "kept" || m.Labels[Label] != of {
		t.Errorf("written: %v", m)
	}
	if diff := cmp.Diff(want, read(m), cmp.AllowUnexported(entry{})); diff != "" {
		t.Error(diff)
	}
	m.Data[keyMark], m.Data[keyNewest] = "many", "yesterday"
	if got := read(m).known; got.ID != "a" || got.Mark != 0 || got.Newest != (store.Commit{}) {
		t.Errorf("of what another client made unreadable is known %+v", got)
	}
}

func TestJudge_Store_IsTakenWhereTheObjectsWereMadeInIt(t *testing.T) {
	made := []entry{{known: store.Identity{ID: "a"}}, {}}
	for name, c := range map[string]struct {
		is      string
		entries []entry
		given   []string
		refused bool
	}{
		"the same":                         {"a", made, nil, false},
		"another":                          {"b", made, nil, true},
		"an empty one":                     {"", made, nil, true},
		"another, and the former given up": {"b", made, []string{"a"}, false},
		"another, and a third given up":    {"b", made, []string{"c"}, true},
		"any, where none is known":         {"b", []entry{{}}, nil, false},
	} {
		err := judge(store.Identity{ID: c.is}, c.entries, c.given)
		startup := (*store.StartupError)(nil)
		if errors.As(err, &startup) != c.refused || c.refused && !strings.Contains(err.Error(), "--new-store=a") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestScope_Overlaps_WhereAnObjectMayBeInBoth(t *testing.T) {
	some := func(class string, namespaces ...string) Scope { return Scope{class, namespaces} }
	for _, c := range []struct {
		a, b Scope
		want bool
	}{
		{some(""), some(""), true},
		{some(""), some("gpu"), false},
		{some("", "a"), some(""), true},
		{some("", "a", "b"), some("", "b"), true},
		{some("", "a"), some("", "b"), false},
	} {
		if c.a.overlaps(c.b) != c.want || c.b.overlaps(c.a) != c.want {
			t.Errorf("%v and %v", c.a, c.b)
		}
	}
}
