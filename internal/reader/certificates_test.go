package reader_test

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"io"
	"math/big"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/go-logr/logr"

	"github.com/account-operator/account-operator/internal/reader"
	"github.com/account-operator/account-operator/test/await"
)

// authority signs certificates, which hold for an hour unless lasting says otherwise.
type authority struct {
	testing.TB
	key     *ecdsa.PrivateKey
	cert    *x509.Certificate
	lasting time.Duration
}

func newAuthority(t testing.TB) *authority {
	t.Helper()
	a := &authority{TB: t, lasting: time.Hour}
	a.cert, a.key = a.make(&x509.Certificate{IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign})
	return a
}

func (a *authority) make(c *x509.Certificate) (*x509.Certificate, *ecdsa.PrivateKey) {
	a.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		a.Fatal(err)
	}
	serial := big.NewInt(time.Now().UnixNano())
	c.SerialNumber, c.NotBefore, c.NotAfter, c.Subject = serial, time.Now().Add(-time.Hour), time.Now().Add(a.lasting), pkix.Name{CommonName: serial.String()}
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

// write puts the authority into a file.
func (a *authority) write(path string) {
	a.Helper()
	if err := os.WriteFile(path, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: a.cert.Raw}), 0o600); err != nil {
		a.Fatal(err)
	}
}

// ofCertificates is a scene that is served over TLS, too, to those whose certificate is of an authority that stands in a file.
type ofCertificates struct {
	*scene
	ca           *authority // of the clients, and of the server
	file, grants string
	address      string
}

const agent = "certificates:\n- {uri: 'spiffe://example.com/agent', rights: [env, changes], accounts: all}\n- {dns: agent.example.com, rights: [connections], accounts: all}\n"

func newOfCertificates(t *testing.T) *ofCertificates {
	t.Helper()
	s := &ofCertificates{ca: newAuthority(t), file: filepath.Join(t.TempDir(), "clients.crt")}
	s.ca.write(s.file)
	clients, err := reader.LoadClientCAs(s.file, logr.Discard())
	if err != nil {
		t.Fatal(err)
	}
	path, grants := granted(t, agent)
	s.grants = path
	s.scene = newScene(t, grants, func(o *reader.Options) { o.ClientCAs = clients })
	secure := &tls.Config{Certificates: []tls.Certificate{s.ca.certificate("", "localhost")}, MinVersion: tls.VersionTLS13}
	clients.Ask(secure)
	s.address = s.listenSecure(secure)
	return s
}

// by is a client with a certificate, which it shows whoever is asked for, and whose connections stay open.
func (s *ofCertificates) by(certificates ...tls.Certificate) *http.Client {
	pool := x509.NewCertPool()
	pool.AddCert(s.ca.cert)
	client := &http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{
		RootCAs: pool, ServerName: "localhost", MinVersion: tls.VersionTLS13,
		GetClientCertificate: func(*tls.CertificateRequestInfo) (*tls.Certificate, error) {
			if len(certificates) == 0 {
				return &tls.Certificate{}, nil
			}
			return &certificates[0], nil
		},
	}}}
	s.Cleanup(client.CloseIdleConnections)
	return client
}

// status is what a client is answered; 0 where there is no connection.
func (s *ofCertificates) status(client *http.Client, path string) int {
	s.Helper()
	request, err := http.NewRequestWithContext(context.WithoutCancel(s.Context()), http.MethodGet, "https://"+s.address+path, nil)
	s.must(err)
	response, err := client.Do(request)
	if err != nil {
		return 0
	}
	_, err = io.Copy(io.Discard, response.Body) // else the connection is given up
	s.must(errors.Join(err, response.Body.Close()))
	return response.StatusCode
}

// Given certificates of the clients' CA, when a client shows one, then it has the rights of the name that is registered; and one without such a
// name is nobody, as is one of another CA.
func TestCertificate_RegisteredName_HasRights(t *testing.T) {
	s, other := newOfCertificates(t), newAuthority(t)
	for what, c := range map[string]struct {
		certificates    []tls.Certificate
		env, connection int
	}{
		"the URI":                          {[]tls.Certificate{s.ca.certificate("spiffe://example.com/agent")}, 200, 403},
		"the DNS name":                     {[]tls.Certificate{s.ca.certificate("", "agent.example.com")}, 403, 200},
		"the URI goes before the DNS name": {[]tls.Certificate{s.ca.certificate("spiffe://example.com/agent", "agent.example.com")}, 200, 403},
		"another URI":                      {[]tls.Certificate{s.ca.certificate("spiffe://example.com/agent/x")}, 401, 401},
		"no name":                          {[]tls.Certificate{s.ca.certificate("")}, 401, 401},
		"none":                             {nil, 401, 401},
		"of another CA, which the server refuses": {[]tls.Certificate{other.certificate("spiffe://example.com/agent")}, 0, 0},
	} {
		client := s.by(c.certificates...)
		for path, want := range map[string]int{"/env": c.env, "/connections": c.connection} {
			if got := s.status(client, "/v1/accounts/"+s.alice+path); got != want {
				t.Errorf("%s: %s answers %d", what, path, got)
			}
		}
	}
}

// Given a client whose certificate opened a connection, when the certificate is good for nothing any more, then its next request is refused, and
// so is one that waits.
func TestCertificate_IsVoidOnAnOpenConnection_IsRefused(t *testing.T) {
	for what, end := range map[string]func(*ofCertificates){
		"expired":                    func(*ofCertificates) {},
		"its name is registered not": func(s *ofCertificates) { s.must(os.WriteFile(s.grants, nil, 0o600)) },
		"its CA is not in the file":  func(s *ofCertificates) { newAuthority(s.TB).write(s.file) },
	} {
		t.Run(what, func(t *testing.T) {
			s := newOfCertificates(t)
			if what == "expired" {
				s.ca.lasting = 6 * time.Second
			}
			certificate := s.ca.certificate("spiffe://example.com/agent")
			client, waiting := s.by(certificate), s.by(certificate)
			env := "/v1/accounts/" + s.alice + "/env"
			if got := s.status(client, env); got != http.StatusOK {
				t.Fatalf("at first: %d", got)
			}
			_, key := s.key([]string{"changes"})
			waits := make(chan int, 1)
			cursor := s.begun(key)
			go func() { waits <- s.status(waiting, "/v1/changes?timeout=60&after="+url.QueryEscape(cursor)) }()
			await.Value(t, s.until(func() bool { return s.reader.Waiting() == 1 }))
			end(s)
			await.Value(t, s.until(func() bool { return s.status(client, env) == http.StatusUnauthorized }))
			if got := await.Value(t, waits); got != http.StatusUnauthorized {
				t.Errorf("who waits: %d", got)
			}
		})
	}
}

// Given another CA in the file, when clients come that it signed, then they are let in; and where the file is not right, those of before are.
func TestClientCAs_FileChanges_AreTakenUp(t *testing.T) {
	s, next := newOfCertificates(t), newAuthority(t)
	env := "/v1/accounts/" + s.alice + "/env"
	s.must(os.WriteFile(s.file, []byte("no certificate"), 0o600))
	<-time.After(1100 * time.Millisecond) // after which it is looked at again
	if got := s.status(s.by(s.ca.certificate("spiffe://example.com/agent")), env); got != http.StatusOK {
		t.Errorf("a file that is not right: %d", got)
	}
	next.write(s.file)
	after := s.by(next.certificate("spiffe://example.com/agent"))
	await.Value(t, s.until(func() bool { return s.status(after, env) == http.StatusOK }))
	if got := s.status(s.by(s.ca.certificate("spiffe://example.com/agent")), env); got != 0 {
		t.Errorf("of the former: %d", got)
	}
}
