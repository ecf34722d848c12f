package telemetry

import (
	"errors"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/reconcile"

	"github.com/account-operator/account-operator/api/v1alpha1"
	"github.com/account-operator/account-operator/internal/controller/outcome"
	"github.com/account-operator/account-operator/internal/store"
)

func TestLatency_SourceChanged_IsMeasuredOnceStored(t *testing.T) {
	for name, c := range map[string]struct {
		outcomes []error // of the reconciles after the change
		measured float64
		waits    int
	}{
		"stored at once":           {[]error{nil}, 1, 0},
		"stored at the second try": {[]error{errors.New("down"), nil}, 1, 0},
		"not stored yet":           {[]error{errors.New("down"), &store.RateLimitedError{RetryAfter: time.Second}}, 0, 1},
		"already in the store":     {[]error{outcome.ErrInSync}, 0, 0},
		"for a user to correct":    {[]error{outcome.StalledBy(v1alpha1.ReasonSourceInvalid, "mend it"), nil}, 0, 0},
	} {
		t.Run(name, func(t *testing.T) {
			changes := NewSourceChanges(histograms("latency_seconds", "How long.", nil, "kind"), nil)
			set := &v1alpha1.EnvVarSet{ObjectMeta: metav1.ObjectMeta{Namespace: "team", Name: "base"}}
			changes.note(store.KindEnvVarSet, []reconcile.Request{{NamespacedName: client.ObjectKeyFromObject(set)}}, time.Now())

			for _, outcome := range c.outcomes {
				changes.End(changes.Take(store.KindEnvVarSet, set), outcome)
			}

			if n := observations(t, changes); n != c.measured || len(changes.since) != c.waits {
				t.Errorf("%v measured, %d wait; want %v and %d", n, len(changes.since), c.measured, c.waits)
			}
		})
	}
}

// observations is how many changes were observed.
func observations(t *testing.T, s *SourceChanges) (n float64) {
	t.Helper()
	registry := prometheus.NewRegistry()
	registry.MustRegister(s.seconds)
	families, err := registry.Gather()
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range families {
		for _, m := range f.GetMetric() {
			n += float64(m.GetHistogram().GetSampleCount())
		}
	}
	return n
}

func TestLatency_ChangeThatNoReconcileTakes_IsForgotten(t *testing.T) {
	changes := NewSourceChanges(histograms("latency_seconds", "How long.", nil, "kind"), nil)
	gone, there := &v1alpha1.EnvVarSet{}, &v1alpha1.EnvVarSet{}
	gone.Name, there.Name = "gone", "there"
	for set, at := range map[*v1alpha1.EnvVarSet]time.Time{gone: time.Now().Add(-2 * forgottenChange), there: time.Now()} {
		changes.note(store.KindEnvVarSet, []reconcile.Request{{NamespacedName: client.ObjectKeyFromObject(set)}}, at)
	}

	changes.Prune()

	if len(changes.since) != 1 || changes.Take(store.KindEnvVarSet, there).since.IsZero() {
		t.Errorf("remembered: %v", changes.since)
	}
}
