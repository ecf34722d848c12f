package probe

import (
	"bytes"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
)

// peers answer a probe otherwise than a provider does.
var peers = map[string]struct {
	answer http.HandlerFunc
	want   Verdict
}{
	"sends the request back": {func(w http.ResponseWriter, r *http.Request) { _ = r.Write(w) }, unfamiliar},
	"sends the request back inside of a listing": {func(w http.ResponseWriter, r *http.Request) {
		fmt.Fprintf(w, "<Error><Code>%s</Code></Error>", r.Header.Get("Authorization"))
	}, unfamiliar},
	"leads elsewhere": {func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, "https://127.0.0.1:1/", http.StatusTemporaryRedirect)
	}, unfamiliar},
	"answers with a page":      {func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "<html>Welcome</html>") }, unfamiliar},
	"answers with nothing":     {func(http.ResponseWriter, *http.Request) {}, unfamiliar},
	"knows no such page":       {http.NotFound, unfamiliar},
	"has no time":              {status(http.StatusServiceUnavailable), unavailable},
	"has had too many":         {status(http.StatusTooManyRequests), unavailable},
	"sends without an end":     {endless, unfamiliar},
	"sends headers of a size":  {func(w http.ResponseWriter, _ *http.Request) { w.Header().Set("X", strings.Repeat("x", 1<<20)) }, brokenLine},
	"ends the line half way":   {func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }, brokenLine},
	"says it is all right":     {status(http.StatusOK), unfamiliar},
	"nests as deep as it can":  {func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, strings.Repeat("<a>", 1<<20)) }, unfamiliar},
	"answers for another call": {func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "<ListAllMyBucketsResult/>") }, unfamiliar},
}

func status(code int) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(code) }
}

func endless(w http.ResponseWriter, _ *http.Request) {
	for chunk := bytes.Repeat([]byte(" "), 1<<16); ; {
		if _, err := w.Write(chunk); err != nil {
			return
		}
	}
}

func TestPeer_NoProvider_IsJudged(t *testing.T) {
	for name, peer := range peers {
		for _, provider := range []Provider{AmazonS3, Dropbox} {
			t.Run(fmt.Sprintf("%s asked a peer that %s", provider, name), func(t *testing.T) {
				server := httptest.NewUnstartedServer(peer.answer)
				server.Config.ErrorLog = quiet
				server.StartTLS()
				defer server.Close()

				if got := onLoopback().askAt(t, provider, server.URL); got != peer.want {
					t.Errorf("judged %+v, want %+v", got, peer.want)
				}
			})
		}
	}
}

// askAt asks a server as if it were the provider's.
func (c *Checker) askAt(t *testing.T, provider Provider, address string) Verdict {
	t.Helper()
	target := s3At(address, "ID", canary)
	if provider == Dropbox {
		c.Dropbox = strings.TrimPrefix(address, "https://")
		target = Target{Provider: Dropbox, Credentials: credentials("appKey", canary, "appSecret", canary, "refreshToken", canary)}
	}
	return c.Check(t.Context(), target)
}

// A silent peer takes the connection, or even the handshake, and says nothing more.
func TestPeer_Silent_IsGivenUpInTime(t *testing.T) {
	mute := make(chan struct{})
	server := httptest.NewTLSServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		select {
		case <-mute:
		case <-r.Context().Done():
		}
	}))
	defer server.Close()
	defer close(mute)
	deaf, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = deaf.Close() }()
	for name, address := range map[string]string{"after the handshake": server.URL, "before the handshake": "https://" + deaf.Addr().String()} {
		t.Run(name, func(t *testing.T) {
			c := onLoopback()
			c.Timeout = 200 * time.Millisecond
			begun := time.Now()

			if got := c.askAt(t, AmazonS3, address); got != noAnswer {
				t.Errorf("judged %+v", got)
			}
			if took := time.Since(begun); took > soon {
				t.Errorf("it took %s", took)
			}
		})
	}
}

func TestPeer_WithoutTLS_IsNotSpokenTo(t *testing.T) {
	heard := make(chan string, 16)
	server := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { heard <- r.URL.String() }))
	defer server.Close()

	got := onLoopback().askAt(t, AmazonS3, "https://"+strings.TrimPrefix(server.URL, "http://"))

	if got != plainText || len(heard) != 0 {
		t.Errorf("judged %+v, heard %d requests", got, len(heard))
	}
}

// What a connection was opened with for one account must not serve another.
func TestConnection_Second_IsNew(t *testing.T) {
	opened := make(chan net.Conn, 16)
	server := httptest.NewUnstartedServer(http.NotFoundHandler())
	server.Config.ConnState = func(c net.Conn, s http.ConnState) {
		if s == http.StateNew {
			opened <- c
		}
	}
	server.StartTLS()
	defer server.Close()
	c := onLoopback()

	c.askAt(t, AmazonS3, server.URL)
	c.askAt(t, AmazonS3, server.URL)

	if len(opened) != 2 {
		t.Errorf("%d connections for two probes", len(opened))
	}
}

func TestProxy_Configured_IsNotAsked(t *testing.T) {
	asked := make(chan string, 16)
	proxy := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { asked <- r.Host }))
	defer proxy.Close()
	for _, variable := range []string{"HTTPS_PROXY", "https_proxy", "HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"} {
		t.Setenv(variable, proxy.URL)
	}

	// Go reads the variables once a process; whoever comes first does, so the transport itself is looked at as well.
	if transport := newClient(nil, nil).Transport.(*http.Transport); transport.Proxy != nil {
		t.Error("the transport has a proxy")
	}
	onLoopback().askAt(t, AmazonS3, "https://minio.invalid")

	if len(asked) != 0 {
		t.Errorf("the proxy was asked for %s", <-asked) //unbounded: there is one
	}
}

// Every verdict is one of ours, and none has a way for foreign text to get in.
func TestPeer_Answer_IsNotPartOfTheVerdict(t *testing.T) {
	echo := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		user, password, _ := r.BasicAuth()
		fmt.Fprintf(w, `{"error":"%s %s %s","error_description":"%s"}`, user, password, r.PostFormValue("refresh_token"), canary)
	}))
	defer echo.Close()
	for _, provider := range []Provider{AmazonS3, Dropbox} {
		got := onLoopback().askAt(t, provider, echo.URL)
		if strings.Contains(fmt.Sprintf("%+v", got), canary) {
			t.Errorf("%s: the verdict is %+v", provider, got)
		}
	}
}
