package controller

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

	"github.com/account-operator/account-operator/internal/store"
)

// forgottenChange is how long a change is remembered that no pass asks for, as when its object went at the same time.
const forgottenChange = 24 * time.Hour

// sourceChanges measures how long it takes from the watch event of a source until the store has what it says: a change is
// noted as the event comes, and taken by the next pass of the object that refers to the source.
type sourceChanges struct {
	seconds *prometheus.HistogramVec // by kind

	mu    sync.Mutex
	since map[changedObject]time.Time
}

type changedObject struct {
	kind store.Kind
	name types.NamespacedName
}

// sourceChange is one that a pass works on; without a time there is none.
type sourceChange struct {
	of    changedObject
	since time.Time
}

func newSourceChanges(seconds *prometheus.HistogramVec) *sourceChanges {
	for _, k := range []store.Kind{store.KindEnvVarSet, store.KindCloudConnection} {
		seconds.WithLabelValues(string(k)) // a series that begins with its first change would hide that one from every rate
	}
	return &sourceChanges{seconds: seconds, since: map[changedObject]time.Time{}}
}

// noted is the mapping of a source's events to objects, with the time written down. A manager that does not lead is in
// nobody's way, so it notes nothing.
func (l *leading) noted(k store.Kind, objects handler.MapFunc) handler.MapFunc {
	return func(ctx context.Context, source client.Object) []reconcile.Request {
		requests := objects(ctx, source)
		if l.begun() {
			l.changes.note(k, requests, time.Now())
		}
		return requests
	}
}

// note keeps the first of several changes.
func (s *sourceChanges) note(k store.Kind, requests []reconcile.Request, at time.Time) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, r := range requests {
		s.keepFirst(sourceChange{changedObject{k, r.NamespacedName}, at})
	}
}

func (s *sourceChanges) keepFirst(c sourceChange) {
	if first, noted := s.since[c.of]; !noted || c.since.Before(first) {
		s.since[c.of] = c.since
	}
}

// take is called as a pass begins: what changes from then on is the next one's.
func (s *sourceChanges) take(k store.Kind, obj client.Object) sourceChange {
	s.mu.Lock()
	defer s.mu.Unlock()
	of := changedObject{k, client.ObjectKeyFromObject(obj)}
	since, noted := s.since[of]
	delete(s.since, of)
	if noted && len(s.since) == 0 {
		s.since = map[changedObject]time.Time{} // a map never gives memory back
	}
	return sourceChange{of, since}
}

// end is called with the outcome of a pass. What will be tried again goes on waiting; what somebody has to mend first does
// not count.
func (s *sourceChanges) end(c sourceChange, outcome error) {
	if c.since.IsZero() || errors.Is(outcome, errSettled) {
		return
	}
	switch v := judge(outcome); {
	case v.ready:
		s.seconds.WithLabelValues(string(c.of.kind)).Observe(time.Since(c.since).Seconds())
	case v.retry != nil || v.after > 0:
		s.mu.Lock()
		defer s.mu.Unlock()
		s.keepFirst(c)
	}
}

// prune drops what no pass asked for.
func (s *sourceChanges) prune() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for of, since := range s.since {
		if time.Since(since) > forgottenChange {
			delete(s.since, of)
		}
	}
}
