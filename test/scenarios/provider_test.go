package scenarios

import (
	"context"
	"crypto/x509"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	eventsv1 "k8s.io/api/events/v1"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/account-operator/account-operator/api/v1alpha1"
	"github.com/account-operator/account-operator/test/s3"
	"github.com/account-operator/account-operator/test/standin"
)

// providers is where the managers of these tests find storage: a real S3 server, and what stands in for Dropbox.
type providers struct {
	*s3.Server
	dropbox *httptest.Server
}

// withProviders is a scenario with an account, whose manager may verify connections on this machine.
func withProviders(t *testing.T) (*scenario, providers) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Minute) // it is built the first time
	defer cancel()
	server, err := s3.Start(ctx, "../..", s3.Key{ID: "OWNER", Secret: canary + "owner"}, s3.Key{ID: "STRANGER", Secret: canary + "foreigner"})
	if err != nil {
		t.Fatal(err)
	}
	p := providers{server, standin.Dropbox{AppKey: canary + "app", AppSecret: canary + "secret", RefreshToken: canary + "token"}.Start()}
	t.Cleanup(func() {
		p.dropbox.Close()
		if err := server.Stop(); err != nil {
			t.Error(err)
		}
	})
	s := withAlice(t)
	s.reach = reach{
		endpoints: []netip.Prefix{netip.MustParsePrefix("127.0.0.1/32")}, ca: standin.CA(),
		dropbox: strings.TrimPrefix(p.dropbox.URL, "https://"), timeout: 2 * time.Second,
	}
	s.restartManager()
	return s, p
}

// reach is which providers a scenario's manager can verify connections at; the zero reach is none.
type reach struct {
	endpoints []netip.Prefix
	ca        *x509.CertPool
	dropbox   string
	timeout   time.Duration
}

// bucket is a connection to the server's bucket with the key in a Secret of the connection's name.
func (p providers) bucket(name string, key s3.Key) (*v1alpha1.CloudConnection, *corev1.Secret) {
	return connectionAt(name, p.Endpoint), keySecret(name, key)
}

func connectionAt(name, endpoint string) *v1alpha1.CloudConnection {
	c := s3Connection(name, "alice", name)
	c.Spec.Verification, c.Spec.AmazonS3.Endpoint = "", &endpoint
	return c
}

func keySecret(name string, key s3.Key) *corev1.Secret {
	return &corev1.Secret{ObjectMeta: named(name), Data: map[string][]byte{
		"access-key-id": []byte(key.ID), "secret-access-key": []byte(key.Secret),
	}}
}

// verifies waits until Verified has this status and reason for the present generation, and returns the condition.
func (s *scenario) verifies(c *v1alpha1.CloudConnection, status metav1.ConditionStatus, reason v1alpha1.Reason) *metav1.Condition {
	s.Helper()
	var verified *metav1.Condition
	s.eventually(soon, func() string {
		s.must(s.api.Get(context.Background(), client.ObjectKeyFromObject(c), c))
		verified = meta.FindStatusCondition(c.Status.Conditions, v1alpha1.ConditionVerified)
		if verified == nil || verified.Status != status || verified.Reason != string(reason) || verified.ObservedGeneration != c.Generation {
			return fmt.Sprintf("%s is %+v", c.Name, verified)
		}
		return ""
	})
	return verified
}

// counted is a provider that shows every bucket to all, and how often it was asked.
func counted(t *testing.T) (endpoint string, asked *atomic.Int64) {
	t.Helper()
	asked = &atomic.Int64{}
	server := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		asked.Add(1)
		_, _ = io.WriteString(w, "<ListBucketResult/>")
	}))
	t.Cleanup(server.Close)
	return server.URL, asked
}

// silent is a provider that takes a request and never answers; asked and left have one entry for each that came, and that
// was given up.
func silent(t *testing.T) (endpoint string, asked, left chan struct{}) {
	t.Helper()
	asked, left = make(chan struct{}, 100), make(chan struct{}, 100)
	ended := make(chan struct{})
	server := httptest.NewTLSServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		asked <- struct{}{}
		select {
		case <-r.Context().Done():
			left <- struct{}{}
		case <-ended:
		}
	}))
	t.Cleanup(func() { close(ended); server.Close() })
	return server.URL, asked, left
}

// sees waits for n entries.
func (s *scenario) sees(what string, n int, entries <-chan struct{}) {
	s.Helper()
	late := time.After(soon)
	for range n {
		select {
		case <-entries:
		case <-late:
			s.Fatalf("after %s still not: %s", soon, what)
		}
	}
}

// eventsOf counts the events of an object by reason.
func (s *scenario) eventsOf(obj client.Object) map[string]int {
	s.Helper()
	var events eventsv1.EventList
	s.must(s.api.List(context.Background(), &events, client.InNamespace(s.ns)))
	counts := map[string]int{}
	for _, e := range events.Items {
		if e.Regarding.UID == obj.GetUID() {
			counts[e.Reason]++
			if e.Series != nil {
				counts[e.Reason] += int(e.Series.Count)
			}
		}
	}
	return counts
}

// verifiedReason is the reason of Verified, "" where there is none.
func verifiedReason(c *v1alpha1.CloudConnection) v1alpha1.Reason {
	if verified := meta.FindStatusCondition(c.Status.Conditions, v1alpha1.ConditionVerified); verified != nil {
		return v1alpha1.Reason(verified.Reason)
	}
	return ""
}
