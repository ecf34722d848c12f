package telemetry

import (
	"context"
	"errors"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"k8s.io/apimachinery/pkg/types"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/handler"
	"sigs.k8s.io/controller-runtime/pkg/reconcile"

	"github.com/account-operator/account-operator/internal/controller/outcome"
	"github.com/account-operator/account-operator/internal/store"
)

// forgottenChange is how long a change is remembered that no reconcile asks for, as when its object went at the same time.
const forgottenChange = 24 * time.Hour

// SourceChanges measures how long it takes from the watch event of a source until the store has what it says: a change is
// noted as the event comes, and taken by the next reconcile of the object that refers to the source.
type SourceChanges struct {
	seconds *prometheus.HistogramVec // by kind
	leads   func() bool

	mu    sync.Mutex
	since map[changedObject]time.Time
}

type changedObject struct {
	kind store.Kind
	name types.NamespacedName
}

// SourceChange is one that a reconcile works on; without a time there is none.
type SourceChange struct {
	of    changedObject
	since time.Time
}

// NewSourceChanges makes SourceChanges that are noted only while this manager leads.
func NewSourceChanges(seconds *prometheus.HistogramVec, leads func() bool) *SourceChanges {
	for _, k := range []store.Kind{store.KindEnvVarSet, store.KindCloudConnection} {
		seconds.WithLabelValues(string(k)) // a series that begins with its first change would hide that one from every rate
	}
	return &SourceChanges{seconds: seconds, leads: leads, since: map[changedObject]time.Time{}}
}

// Noted is the mapping of a source's events to objects, with the time written down. A manager that does not lead is in
// no one's way, so it notes nothing.
func (s *SourceChanges) Noted(k store.Kind, objects handler.MapFunc) handler.MapFunc {
	return func(ctx context.Context, source client.Object) []reconcile.Request {
		requests := objects(ctx, source)
		if s.leads() {
			s.note(k, requests, time.Now())
		}
		return requests
	}
}

// note keeps the first of several changes.
func (s *SourceChanges) note(k store.Kind, requests []reconcile.Request, at time.Time) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, r := range requests {
		s.keepFirst(SourceChange{changedObject{k, r.NamespacedName}, at})
	}
}

func (s *SourceChanges) keepFirst(c SourceChange) {
	if first, noted := s.since[c.of]; !noted || c.since.Before(first) {
		s.since[c.of] = c.since
	}
}

// Take is called as a reconcile begins: what changes from then on is the next one's.
func (s *SourceChanges) Take(k store.Kind, obj client.Object) SourceChange {
	s.mu.Lock()
	defer s.mu.Unlock()
	of := changedObject{k, client.ObjectKeyFromObject(obj)}
	since, noted := s.since[of]
	delete(s.since, of)
	if noted && len(s.since) == 0 {
		s.since = map[changedObject]time.Time{} // a map never gives memory back
	}
	return SourceChange{of, since}
}

// End is called with the outcome of a reconcile. What will be tried again goes on waiting; what a user has to correct first does
// not count.
func (s *SourceChanges) End(c SourceChange, err error) {
	if c.since.IsZero() || errors.Is(err, outcome.ErrInSync) {
		return
	}
	switch v := outcome.Judge(err); {
	case v.Ready:
		s.seconds.WithLabelValues(string(c.of.kind)).Observe(time.Since(c.since).Seconds())
	case v.Retry != nil || v.After > 0:
		s.mu.Lock()
		defer s.mu.Unlock()
		s.keepFirst(c)
	}
}

// Prune drops what no reconcile asked for.
func (s *SourceChanges) Prune() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for of, since := range s.since {
		if time.Since(since) > forgottenChange {
			delete(s.since, of)
		}
	}
}
