package main

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strings"
	"time"

	"k8s.io/client-go/rest"

	"github.com/account-operator/account-operator/api/v1alpha1"
	"github.com/account-operator/account-operator/internal/controller/leader"
)

// errNotProven is the error of a write that was not sent to the API server.
var errNotProven = errors.New("not written: this manager has not renewed its Lease in time, and another one may lead by now")

// proof says whether this manager surely leads at this moment: an error says why it may not write to the API server.
type proof func(context.Context) error

// proof of an elected manager is its Lease; without one, the store knows who leads.
func (l *lease) proof(without *leader.Proof) proof {
	if l == nil {
		return without.Leads
	}
	return func(context.Context) error {
		if !l.leads(time.Now()) {
			return errNotProven
		}
		return nil
	}
}

// guarded is the way to the API server of a manager that writes only while it surely leads. A previous leader that was frozen looks at
// nothing before it goes on: what it writes would be true of the world before.
func guarded(cluster *rest.Config, leads proof) *rest.Config {
	c := rest.CopyConfig(cluster)
	c.Wrap(func(next http.RoundTripper) http.RoundTripper { return guard{leads, next} })
	return c
}

type guard struct {
	leads proof
	next  http.RoundTripper
}

// RoundTrip implements http.RoundTripper.
func (g guard) RoundTrip(r *http.Request) (*http.Response, error) {
	if !writesForTheLeader(r) {
		return g.next.RoundTrip(r)
	}
	err := g.leads(r.Context())
	if err == nil {
		return g.next.RoundTrip(r)
	}
	if r.Body != nil {
		_ = r.Body.Close()
	}
	return nil, err
}

// writesForTheLeader reports whether a request writes an object of ours or an event: what else a manager sends is reads, and reviews
// of those who ask for its metrics.
func writesForTheLeader(r *http.Request) bool {
	if slices.Contains([]string{http.MethodGet, http.MethodHead, http.MethodOptions}, r.Method) {
		return false
	}
	return strings.Contains(r.URL.Path, "/apis/"+v1alpha1.GroupVersion.Group+"/") || strings.Contains(r.URL.Path, "/apis/events.k8s.io/")
}
