package reader_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"math/big"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/go-logr/logr"

	"github.com/account-operator/account-operator/internal/reader"
	"github.com/account-operator/account-operator/test/await"
)

// Given a file that is not right, when it is loaded, then the error names what is wrong.
func TestLoadGrants_WrongFile_NamesWhatIsWrong(t *testing.T) {
	for text, want := range map[string]string{
		"serviceAccounts: [{namespace: a, name: b, rights: [env]}]":                            "needs accounts",
		"serviceAccounts: [{namespace: a, name: b, accounts: all}]":                            "has no rights",
		"serviceAccounts: [{namespace: a, name: b, rights: [env], accounts: [x]}]":             "no ID of an account",
		"serviceAccounts: [{namespace: a, name: b, rights: [env], accounts: []}]":              "needs accounts",
		"serviceAccounts: [{namespace: a, name: b, rights: [env], accounts: every}]":           "needs accounts",
		"serviceAccounts: [{namespace: a, name: b, rights: [root], accounts: all}]":            `has the right "root"`,
		"serviceAccounts: [{namespace: a, rights: [env], accounts: all}]":                      "needs a namespace and a name",
		"certificates: [{rights: [env], accounts: all}]":                                       "needs either a uri or a dns",
		"certificates: [{uri: a, dns: b, rights: [env], accounts: all}]":                       "needs either a uri or a dns",
		"certificates: [{uri: a, rights: [env], accounts: all, right: x}]":                     "field right not found",
		"certificates: [" + strings.Repeat("{uri: a, rights: [env], accounts: all},", 2) + "]": "is named twice",
		"{": "yaml",
	} {
		path := filepath.Join(t.TempDir(), "grants.yaml")
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := reader.LoadGrants(path, logr.Discard()); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", text, err)
		}
	}
}

// Given a file that is changed, when who is named in it asks, then what it says now holds; and where it is not right, what it said before.
func TestGrants_FileChanges_AreTakenUp(t *testing.T) {
	i := newIssuer(t)
	identities, err := reader.LoadIdentities(t.Context(), issuerName, audience, i.file)
	if err != nil {
		t.Fatal(err)
	}
	path, grants := granted(t, agents)
	s := newScene(t, grants, func(o *reader.Options) { o.Identities = identities })
	token := i.token(claims())
	status := func() int { return s.ask(http.MethodGet, "/v1/accounts/"+s.alice+"/env", token).status }
	if got := status(); got != http.StatusOK {
		t.Fatal(got)
	}
	s.must(os.WriteFile(path, []byte("serviceAccounts: [{}]"), 0o600))
	<-time.After(1100 * time.Millisecond) // after which it is looked at again
	if got := status(); got != http.StatusOK {
		t.Errorf("a file that is not right: %d", got)
	}
	s.must(os.WriteFile(path, []byte("serviceAccounts: []"), 0o600))
	await.Value(t, s.until(func() bool { return status() == http.StatusUnauthorized }))
}

// authority signs certificates.
type authority struct {
	testing.TB
	key  *ecdsa.PrivateKey
	cert *x509.Certificate
}

func newAuthority(t testing.TB) *authority {
	t.Helper()
	a := &authority{TB: t}
	a.cert, a.key = a.make(&x509.Certificate{IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign})
	return a
}

func (a *authority) make(c *x509.Certificate) (*x509.Certificate, *ecdsa.PrivateKey) {
	a.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		a.Fatal(err)
	}
	c.SerialNumber, c.NotBefore, c.NotAfter, c.Subject = big.NewInt(time.Now().UnixNano()), time.Now().Add(-time.Hour), time.Now().Add(time.Hour), pkix.Name{CommonName: "x"}
	parent, by := a.cert, a.key
	if parent == nil {
		parent, by = c, key
	}
	text, err := x509.CreateCertificate(rand.Reader, c, parent, key.Public(), by)
	if err != nil {
		a.Fatal(err)
	}
	made, err := x509.ParseCertificate(text)
	if err != nil {
		a.Fatal(err)
	}
	return made, key
}

func (a *authority) certificate(uri string, dns ...string) tls.Certificate {
	a.Helper()
	c := &x509.Certificate{DNSNames: dns, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth, x509.ExtKeyUsageServerAuth}}
	if uri != "" {
		u, err := url.Parse(uri)
		if err != nil {
			a.Fatal(err)
		}
		c.URIs = []*url.URL{u}
	}
	made, key := a.make(c)
	return tls.Certificate{Certificate: [][]byte{made.Raw}, PrivateKey: key}
}

// Given certificates of the clients' CA, when a client shows one, then it has the rights of the name that is registered; and one without such a
// name is nobody, as is one of another CA.
func TestCertificate_RegisteredName_HasRights(t *testing.T) {
	ca, other := newAuthority(t), newAuthority(t)
	pool := x509.NewCertPool()
	pool.AddCert(ca.cert)
	secure := &tls.Config{
		Certificates: []tls.Certificate{ca.certificate("", "localhost")}, ClientCAs: pool, ClientAuth: tls.VerifyClientCertIfGiven, MinVersion: tls.VersionTLS13,
	}
	_, grants := granted(t, "certificates:\n- {uri: 'spiffe://example.com/agent', rights: [env], accounts: all}\n- {dns: agent.example.com, rights: [connections], accounts: all}\n")
	s := newScene(t, grants)
	address := s.listenSecure(secure)
	for what, c := range map[string]struct {
		certificate     *tls.Certificate
		env, connection int
	}{
		"the URI":                          {ptr(ca.certificate("spiffe://example.com/agent")), 200, 403},
		"the DNS name":                     {ptr(ca.certificate("", "agent.example.com")), 403, 200},
		"the URI goes before the DNS name": {ptr(ca.certificate("spiffe://example.com/agent", "agent.example.com")), 200, 403},
		"another URI":                      {ptr(ca.certificate("spiffe://example.com/agent/x")), 401, 401},
		"no name":                          {ptr(ca.certificate("")), 401, 401},
		"none":                             {nil, 401, 401},
		"of another CA, which the server refuses": {ptr(other.certificate("spiffe://example.com/agent")), 0, 0},
	} {
		client := &http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{RootCAs: pool, ServerName: "localhost", MinVersion: tls.VersionTLS13}}}
		if c.certificate != nil {
			client.Transport.(*http.Transport).TLSClientConfig.Certificates = []tls.Certificate{*c.certificate}
		}
		for path, want := range map[string]int{"/env": c.env, "/connections": c.connection} {
			request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "https://"+address+"/v1/accounts/"+s.alice+path, nil)
			s.must(err)
			response, err := client.Do(request)
			got := 0
			if err == nil {
				got = response.StatusCode
				_ = response.Body.Close()
			}
			if got != want {
				t.Errorf("%s: %s answers %d, %v", what, path, got, err)
			}
		}
		client.CloseIdleConnections()
	}
}

func ptr[T any](v T) *T { return &v }

func TestListen_WithoutTLS_OnlyOnTheMachineItself(t *testing.T) {
	for _, address := range []string{":0", "0.0.0.0:0", "[::]:0", "192.0.2.1:0", "example.com:0", ""} {
		if _, err := reader.Listen(t.Context(), address, nil, nil, logr.Discard()); err == nil {
			t.Errorf("%q is taken", address)
		}
	}
}
