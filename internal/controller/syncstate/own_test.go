package syncstate

import (
	"errors"
	"testing"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime/schema"
)

func TestTracker_CacheHasNotSeenOurWrite_IsStale(t *testing.T) {
	version := func(v string) *corev1.Secret {
		return &corev1.Secret{ObjectMeta: metav1.ObjectMeta{UID: "1", ResourceVersion: v}}
	}
	conflict := apierrors.NewConflict(schema.GroupResource{}, "x", errors.New("older"))
	for name, c := range map[string]struct {
		wrote *corev1.Secret
		err   error
		lags  map[string]bool // by what is cached
	}{
		"what we wrote":               {version("100"), nil, map[string]bool{"99": true, "100": false, "101": false}},
		"what was surely not written": {version("100"), conflict, map[string]bool{"99": false, "100": false}},
		"what may have been written":  {version("100"), errors.New("no answer"), map[string]bool{"100": true, "101": true}},
	} {
		t.Run(name, func(t *testing.T) {
			w := New()
			w.Own(c.wrote, c.err)
			for cached, want := range c.lags {
				if got := w.IsStale(version(cached)); got != want {
					t.Errorf("where %s is cached, it lags: %t", cached, got)
				}
			}
			w.Forget("1")
			if w.IsStale(version("1")) {
				t.Error("what is forgotten is remembered")
			}
		})
	}
}
