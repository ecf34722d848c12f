package probe

import (
	"crypto/tls"
	"io"
	"net"
	"net/http"
)

// What is read of an answer at most. A listing of one object is below 2 KiB, an account of Dropbox's too.
const (
	maxHeader = 16 << 10
	maxAnswer = 64 << 10
)

// client is for one probe: it keeps no connection for the next, whose credentials are another's.
func (c *Checker) client() *http.Client {
	dialer := &net.Dialer{Control: c.guard}
	return &http.Client{
		Transport: &http.Transport{
			Proxy:       nil, // whatever the environment says: a proxy would dial for us, unjudged
			DialContext: dialer.DialContext,
			TLSClientConfig: &tls.Config{
				MinVersion: tls.VersionTLS12,
				RootCAs:    c.RootCAs,
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
