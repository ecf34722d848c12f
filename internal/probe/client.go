package probe

import (
	"crypto/tls"
	"crypto/x509"
	"io"
	"net"
	"net/http"
)

// What is read of an answer at most. A listing of one object is below 2 KiB, an account of Dropbox's too.
const (
	maxHeader = 16 << 10
	maxAnswer = 64 << 10
)

// newClient is for one probe: it keeps no connection for the next, whose credentials are another's.
func newClient(allow allowlist, roots *x509.CertPool) *http.Client {
	dialer := &net.Dialer{Control: allow.guard}
	return &http.Client{
		Transport: &http.Transport{
			Proxy:       nil, // whatever the environment says: a proxy would dial for us, unjudged
			DialContext: dialer.DialContext,
			TLSClientConfig: &tls.Config{
				MinVersion: tls.VersionTLS12,
				RootCAs:    roots,
			},
			DisableKeepAlives:      true,
			DisableCompression:     true,
			MaxResponseHeaderBytes: maxHeader,
		},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}

// bounded reads no more of an answer than any provider has to say.
func bounded(answer *http.Response) io.Reader { return io.LimitReader(answer.Body, maxAnswer) }
