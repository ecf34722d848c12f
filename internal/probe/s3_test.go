package probe

import (
	"context"
	"net/netip"
	"testing"
	"time"

	"github.com/account-operator/account-operator/test/s3"
	"github.com/account-operator/account-operator/test/standin"
)

// onLoopback reaches the servers of these tests, and trusts them.
func onLoopback() *Checker {
	return &Checker{Timeout: soon, RootCAs: standin.CA(), Allow: []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}}
}

func s3Server(t *testing.T) *s3.Server {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Minute) // it is built the first time
	defer cancel()
	server, err := s3.Start(ctx, "../..",
		s3.Key{ID: "OWNER", Secret: canary + "owner"}, s3.Key{ID: "STRANGER", Secret: canary + "stranger"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := server.Stop(); err != nil {
			t.Error(err)
		}
	})
	return server
}

func TestS3_RealServer_BucketAndKeyAreJudged(t *testing.T) {
	server := s3Server(t)
	c := onLoopback()
	good := s3At(server.Endpoint, server.Owner.ID, server.Owner.Secret)
	missing, elsewhere := good, good
	missing.Bucket, elsewhere.Region = "missing", "us-east-1"
	for name, given := range map[string]struct {
		target Target
		want   Verdict
	}{
		"the owner's key":                      {good, accepted},
		"a key nobody has":                     {s3At(server.Endpoint, "NOBODY", canary), rejected},
		"a secret that is not the key's":       {s3At(server.Endpoint, server.Owner.ID, canary+"wrong"), rejected},
		"a key that may not list the bucket":   {s3At(server.Endpoint, server.Stranger.ID, server.Stranger.Secret), noListing},
		"a bucket that is not there":           {missing, noBucket},
		"a region that the server is not in":   {elsewhere, noBucket},
		"a key ID that no header can hold":     {s3At(server.Endpoint, "OWN\x01ER", canary), rejected},
		"an endpoint that may not be dialled":  {s3At("https://10.0.0.1", server.Owner.ID, server.Owner.Secret), notAllowed},
		"an endpoint at which nothing listens": {s3At("https://127.0.0.1:1", server.Owner.ID, server.Owner.Secret), refusedLine},
	} {
		t.Run(name, func(t *testing.T) {
			if got := c.Check(t.Context(), given.target); got != given.want {
				t.Errorf("judged %+v, want %+v", got, given.want)
			}
		})
	}
}

func TestS3_UntrustedCertificate_IsReported(t *testing.T) {
	server := s3Server(t)
	c := onLoopback()
	c.RootCAs = nil

	if got := c.Check(t.Context(), s3At(server.Endpoint, server.Owner.ID, server.Owner.Secret)); got != untrusted {
		t.Errorf("judged %+v", got)
	}
}
