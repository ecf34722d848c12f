package probe

import (
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// These are all hosts that a spec can reach: a new one belongs into this list.
func TestHost_EachSpec_IsAKnownOne(t *testing.T) {
	c := &Checker{}
	for name, want := range map[string]struct {
		target Target
		host   string
	}{
		"Amazon":                      {Target{Provider: AmazonS3, Region: "eu-central-1"}, "s3.eu-central-1.amazonaws.com"},
		"Amazon in China":             {Target{Provider: AmazonS3, Region: "cn-north-1"}, "s3.cn-north-1.amazonaws.com.cn"},
		"another S3 server":           {Target{Provider: AmazonS3, Region: "eu", Endpoint: "https://minio.example"}, "minio.example"},
		"another S3 server at a port": {Target{Provider: AmazonS3, Region: "eu", Endpoint: "https://Minio.example:9000"}, "minio.example:9000"},
		"Backblaze":                   {Target{Provider: Backblaze, Region: "us-west-004"}, "s3.us-west-004.backblazeb2.com"},
		"Dropbox":                     {Target{Provider: Dropbox}, "api.dropboxapi.com"},
	} {
		t.Run(name, func(t *testing.T) {
			if got := c.Host(want.target); got != want.host {
				t.Errorf("asked at %q, want %q", got, want.host)
			}
		})
	}
}

func TestHost_AnyRegion_IsTheProviders(t *testing.T) {
	domains := map[Provider][]string{
		AmazonS3: {".amazonaws.com", ".amazonaws.com.cn"}, Backblaze: {".backblazeb2.com"}, Dropbox: {"api.dropboxapi.com"},
	}
	rapid.Check(t, func(t *rapid.T) {
		target := Target{
			Provider: rapid.SampledFrom([]Provider{AmazonS3, Backblaze, Dropbox}).Draw(t, "provider"),
			Region:   rapid.OneOf(rapid.String(), rapid.StringMatching(`[a-z0-9@/:#?.\\-]{0,40}`)).Draw(t, "region"),
		}
		host := (&Checker{}).Host(target)
		if host == "" {
			return
		}
		for _, domain := range domains[target.Provider] {
			if strings.HasSuffix(host, domain) && !strings.ContainsAny(strings.TrimSuffix(host, domain), "/@:#?\\") {
				return
			}
		}
		t.Errorf("%q leads to %q", target.Region, host)
	})
}

func TestEndpoint_Parsed_IsHTTPSWithAHostOnly(t *testing.T) {
	for _, endpoint := range []string{
		"http://minio.example", "minio.example", "//minio.example", "https://", "https://:443", "https://user@minio.example",
		"https://user:password@minio.example", "https://minio.example/", "https://minio.example/path", "https://minio.example?a=b",
		"https://minio.example#a", "https://minio.example\n", "https://minio.example\r\nHost: other", "file:///etc/passwd",
		"https://minio.example:99999x", "HTTPS://minio.example", "https://mini o.example", "https://minio.example%2fa",
	} {
		if host := (&Checker{}).Host(Target{Provider: AmazonS3, Region: "eu", Endpoint: endpoint}); host != "" {
			t.Errorf("%q leads to %q", endpoint, host)
		}
	}
}
