package main

import (
	"errors"
	"net/http"
	"slices"
	"strings"
	"time"

	"k8s.io/client-go/rest"

	"github.com/account-operator/account-operator/api/v1alpha1"
)

// errNotProven is the error of a write that was not sent to the API server.
var errNotProven = errors.New("not written: this manager has not renewed its Lease in time, and another one may lead by now")

// guarded is the way to the API server of a manager that writes only while it surely holds the Lease. A former leader that was
// frozen looks at nothing before it goes on: what it writes would be true of the world before. Without a Lease there is no proof.
func (l *lease) guarded(cluster *rest.Config) *rest.Config {
	if l == nil {
		return cluster
	}
	c := rest.CopyConfig(cluster)
	c.Wrap(func(next http.RoundTripper) http.RoundTripper { return guard{l, next} })
	return c
}

type guard struct {
	lease *lease
	next  http.RoundTripper
}

// RoundTrip implements http.RoundTripper.
func (g guard) RoundTrip(r *http.Request) (*http.Response, error) {
	if !writesForTheLeader(r) || g.lease.leads(time.Now()) {
		return g.next.RoundTrip(r)
	}
	if r.Body != nil {
		_ = r.Body.Close()
	}
	return nil, errNotProven
}

// writesForTheLeader tells whether a request writes an object of ours or an event: what else a manager sends is reads, and reviews
// of those who ask for its metrics.
func writesForTheLeader(r *http.Request) bool {
	if slices.Contains([]string{http.MethodGet, http.MethodHead, http.MethodOptions}, r.Method) {
		return false
	}
	return strings.Contains(r.URL.Path, "/apis/"+v1alpha1.GroupVersion.Group+"/") || strings.Contains(r.URL.Path, "/apis/events.k8s.io/")
}
