package controller

import (
	"errors"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/reconcile"

	"github.com/account-operator/account-operator/api/v1alpha1"
	"github.com/account-operator/account-operator/internal/store"
)

func TestAChangeIsMeasuredOnceItIsStored(t *testing.T) {
	for name, c := range map[string]struct {
		outcomes []error // of the passes after the change
		measured float64
		waits    int
	}{
		"stored at once":           {[]error{nil}, 1, 0},
		"stored at the second try": {[]error{errors.New("down"), nil}, 1, 0},
		"not stored yet":           {[]error{errors.New("down"), &store.RateLimitedError{RetryAfter: time.Second}}, 0, 1},
		"already in the store":     {[]error{errSettled}, 0, 0},
		"for somebody to mend":     {[]error{stalledBy(v1alpha1.ReasonSourceInvalid, "mend it"), nil}, 0, 0},
	} {
		t.Run(name, func(t *testing.T) {
			s := &scenario{T: t, metrics: prometheus.NewRegistry()}
			changes := newSourceChanges(histograms("latency_seconds", "How long.", nil, "kind"))
			s.metrics.MustRegister(changes.seconds)
			set := envVarSet("base", "alice")
			changes.note(store.KindEnvVarSet, []reconcile.Request{{NamespacedName: client.ObjectKeyFromObject(set)}}, time.Now())

			for _, outcome := range c.outcomes {
				changes.end(changes.take(store.KindEnvVarSet, set), outcome)
			}

			if n := s.measures("latency_seconds"); n != c.measured || len(changes.since) != c.waits {
				t.Errorf("%v measured, %d wait; want %v and %d", n, len(changes.since), c.measured, c.waits)
			}
		})
	}
}

func TestAChangeThatNoPassAsksForIsForgotten(t *testing.T) {
	changes := newSourceChanges(histograms("latency_seconds", "How long.", nil, "kind"))
	gone, there := envVarSet("gone", "alice"), envVarSet("there", "alice")
	for set, at := range map[*v1alpha1.EnvVarSet]time.Time{gone: time.Now().Add(-2 * forgottenChange), there: time.Now()} {
		changes.note(store.KindEnvVarSet, []reconcile.Request{{NamespacedName: client.ObjectKeyFromObject(set)}}, at)
	}

	changes.prune()

	if len(changes.since) != 1 || changes.take(store.KindEnvVarSet, there).since.IsZero() {
		t.Errorf("remembered: %v", changes.since)
	}
}
