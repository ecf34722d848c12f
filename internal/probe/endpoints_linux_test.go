package probe

import (
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/account-operator/account-operator/test/fault"
	"github.com/account-operator/account-operator/test/standin"
)

// public is an address that may be dialled. In these tests it is this machine's, as all others are.
const public = "93.184.215.14"

// forms are hosts that lead inside. Those that are no addresses to Go are to others (inet_aton); the name server answers
// for them as such a resolver would.
var forms = map[string]string{
	"127.0.0.1": "", "127.1.2.3": "", "10.0.0.1": "", "172.16.0.1": "", "172.31.255.254": "", "192.168.1.1": "", "100.64.0.1": "",
	"100.100.100.200": "", "169.254.169.254": "", "168.63.129.16": "", "192.0.0.192": "", "198.18.0.1": "", "0.0.0.0": "", "0.1.2.3": "",
	"192.88.99.1": "", "192.0.2.1": "", "198.51.100.1": "", "203.0.113.1": "", "224.0.0.1": "", "240.0.0.1": "", "255.255.255.255": "",
	"[::1]": "", "[::]": "", "[::ffff:127.0.0.1]": "", "[::ffff:7f00:1]": "", "[0:0:0:0:0:ffff:0a00:0001]": "", "[::ffff:169.254.169.254]": "",
	"[::127.0.0.1]": "", "[::ffff:0:127.0.0.1]": "", "[64:ff9b::127.0.0.1]": "", "[64:ff9b::a00:1]": "", "[64:ff9b:1::a00:1]": "",
	"[2002:7f00:1::]": "", "[2002:a9fe:a9fe::1]": "", "[2001:0:4136:e378:8000:63bf:3fff:fdd2]": "", "[fc00::1]": "", "[fd00:ec2::254]": "",
	"[fe80::1]": "", "[fe80::1%25lo]": "", "[fec0::1]": "", "[2001:db8::1]": "", "[100::1]": "", "[3fff::1]": "", "[5f00::1]": "",
	"localhost": "127.0.0.1 ::1", "localhost.": "127.0.0.1",
	"2130706433": "127.0.0.1", "0x7f000001": "127.0.0.1", "017700000001": "127.0.0.1", "0x7f.0x0.0x0.0x1": "127.0.0.1",
	"0177.0.0.1": "127.0.0.1", "127.1": "127.0.0.1", "127.0.1": "127.0.0.1", "10.1": "10.0.0.1", "0xa9fea9fe": "169.254.169.254",
	"2852039166": "169.254.169.254", "0251.0376.0251.0376": "169.254.169.254", "169.254.43518": "169.254.169.254",
	"loopback.evil.example": "127.0.0.1", "six.evil.example": "::1", "metadata.evil.example": "169.254.169.254 fd00:ec2::254",
	"mapped.evil.example": "::ffff:10.0.0.1", "translated.evil.example": "64:ff9b::a00:1", "6to4.evil.example": "2002:a00:1::1",
	"many.evil.example": "10.0.0.1 192.168.0.1 172.16.0.1 fd00::1 ::1",
}

// ears hear every connection to their port, at whatever address, and note which.
type ears struct {
	mu    sync.Mutex
	heard []string
}

func (e *ears) note(c net.Conn) {
	at := netip.MustParseAddrPort(c.LocalAddr().String())
	e.mu.Lock()
	defer e.mu.Unlock()
	e.heard = append(e.heard, fmt.Sprintf("%s port %d", at.Addr().Unmap(), at.Port()))
}

// all returns what was heard so far and forgets it.
func (e *ears) all() []string {
	e.mu.Lock()
	defer e.mu.Unlock()
	heard := e.heard
	e.heard = nil
	return heard
}

// listen serves TLS at a port of every address.
func (e *ears) listen(t *testing.T, port string, answer http.HandlerFunc) {
	t.Helper()
	l, err := net.Listen("tcp", ":"+port)
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewUnstartedServer(answer)
	_ = server.Listener.Close()
	server.Listener, server.Config.ErrorLog = l, quiet
	server.Config.ConnState = func(c net.Conn, s http.ConnState) {
		if s == http.StateNew {
			e.note(c)
		}
	}
	server.StartTLS()
	t.Cleanup(server.Close)
}

// internet is all addresses there are, with one hostile domain, and ears at each.
type internet struct {
	*testing.T
	ears
}

func newInternet(t *testing.T) *internet {
	t.Helper()
	n := &internet{T: t}
	domain := &names{answers: map[string][]string{
		"rebind.evil.example":  {public, "10.0.0.1", "127.0.0.1"},
		"both.evil.example":    {public + " 127.0.0.1 10.0.0.1"},
		"example.com":          {public}, // the name that the certificate is for
		"minio.in-a-lan.local": {"10.20.0.1"},
	}}
	for form, addresses := range forms {
		if addresses != "" {
			domain.answers[form] = []string{addresses}
		}
	}
	domain.serve(t)
	for _, port := range []string{"443", "22", "80", "6443"} {
		n.listen(t, port, func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, "https://169.254.169.254/latest", http.StatusTemporaryRedirect)
		})
	}
	return n
}

// hears fails the test unless a probe of the endpoint is heard at exactly these places.
func (n *internet) hears(c *Checker, endpoint string, want ...string) {
	n.Helper()
	v := c.Check(n.Context(), s3At(endpoint, "ID", canary))
	if got := n.all(); !slices.Equal(got, want) || v == accepted {
		n.Errorf("%s is heard at %v, want %v; it is judged %+v", endpoint, got, want, v)
	}
}

// Given a name that is known inside only and one that nobody knows, when connections to them are verified, then they are judged
// alike, so that nobody learns from a status which names there are inside.
func TestCheck_NameInsideAndUnknownName_OneVerdict(t *testing.T) {
	if !whereEveryAddressIsOurs(t) {
		return
	}
	newInternet(t)
	c := &Checker{Timeout: 5 * time.Second, RootCAs: standin.CA()}
	for _, host := range []string{"minio.in-a-lan.local", "localhost", "unknown.in-a-lan.local", "unknown.example"} {
		if v := c.Check(t.Context(), s3At("https://"+host, "ID", canary)); v != notAllowed {
			t.Errorf("%s is judged %+v", host, v)
		}
	}
}

// Each endpoint is tried in a network in which every address is heard: 0 connect.
func TestEndpoint_Inside_IsNotReached(t *testing.T) {
	fault.Begin(t, fault.Case{Goal: "G15", Workload: "a connection is verified", Trigger: "an address that leads inside"}).Add(int64(len(forms)))
	if !whereEveryAddressIsOurs(t) {
		return
	}
	for _, variable := range []string{"HTTPS_PROXY", "https_proxy", "HTTP_PROXY", "ALL_PROXY"} {
		t.Setenv(variable, "http://10.0.0.1:80")
	}
	n := newInternet(t)
	const heard = public + " port 443"
	c := &Checker{Timeout: 5 * time.Second, RootCAs: standin.CA()}
	nat := &Checker{Timeout: c.Timeout, RootCAs: c.RootCAs, Allow: prefixes("64:ff9b::/96", "64:ff9b:1::/96", "2001::/32", "2002::/16", "::/8")}
	lan := &Checker{Timeout: c.Timeout, RootCAs: c.RootCAs, Allow: prefixes("10.20.0.0/16")}

	// What may be dialled is heard, so what is not heard was not dialled. The redirect of the public address is not followed.
	n.hears(c, "https://example.com", heard)
	n.hears(lan, "https://minio.in-a-lan.local", "10.20.0.1 port 443")
	n.hears(c, "https://minio.in-a-lan.local")
	n.hears(nat, "https://[64:ff9b::5db8:d70e]", "64:ff9b::5db8:d70e port 443")

	if len(forms) < 60 {
		t.Errorf("only %d forms", len(forms))
	}
	for form := range forms {
		n.hears(c, "https://"+form)
		n.hears(c, "https://"+form+":22")
		n.hears(c, "https://"+form+":6443")
		n.hears(lan, "https://"+form)
		n.hears(nat, "https://"+form)
	}
	for range 6 {
		// One gives a public address first and others later, the other gives all at once.
		c.Check(t.Context(), s3At("https://rebind.evil.example", "ID", canary))
		c.Check(t.Context(), s3At("https://both.evil.example", "ID", canary))
	}
	if at := slices.Compact(n.all()); !slices.Equal(at, []string{heard}) {
		t.Errorf("names that change their mind are heard at %v", at)
	}
}
