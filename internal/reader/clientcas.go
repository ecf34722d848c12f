package reader

import (
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"time"

	"github.com/go-logr/logr"
)

// ClientCAs are who vouches for the certificates of clients, from a file.
type ClientCAs struct{ now *followed[authorities] }

// authorities are the certificates of a file.
type authorities struct {
	pool  *x509.CertPool
	known map[[sha256.Size]byte]bool
}

// LoadClientCAs reads the file.
func LoadClientCAs(path string, log logr.Logger) (*ClientCAs, error) {
	now, err := follow(path, "CA of readers", log, parseAuthorities)
	if err != nil {
		return nil, err
	}
	return &ClientCAs{now}, nil
}

func parseAuthorities(text []byte) (authorities, error) {
	all := authorities{pool: x509.NewCertPool(), known: map[[sha256.Size]byte]bool{}}
	for block, rest := pem.Decode(text); block != nil; block, rest = pem.Decode(rest) {
		if block.Type != "CERTIFICATE" {
			continue
		}
		c, err := x509.ParseCertificate(block.Bytes)
		if err != nil {
			return authorities{}, fmt.Errorf("a certificate cannot be read: %w", err)
		}
		all.pool.AddCert(c)
		all.known[sha256.Sum256(c.Raw)] = true
	}
	if len(all.known) == 0 {
		return authorities{}, errors.New("the file holds no certificate")
	}
	return all, nil
}

// Ask has a server take certificates of these, which clients may show or not. Nil asks for none.
func (c *ClientCAs) Ask(server *tls.Config) {
	if c == nil {
		return
	}
	server.ClientAuth, server.NextProtos = tls.VerifyClientCertIfGiven, []string{"h2", "http/1.1"}
	// A session that is resumed would not be looked at again.
	server.SessionTicketsDisabled = true
	fixed := server.Clone()
	server.GetConfigForClient = func(*tls.ClientHelloInfo) (*tls.Config, error) {
		current := fixed.Clone()
		current.ClientCAs = c.now.now().pool
		return current, nil
	}
}

// vouched is the certificate of a connection, and until when: connections outlive certificates, and the file's holding their CA.
func (c *ClientCAs) vouched(connection *tls.ConnectionState) (certificate *x509.Certificate, until time.Time) {
	if c == nil || connection == nil {
		return nil, until
	}
	known := c.now.now().known
	for _, chain := range connection.VerifiedChains {
		until = chain[0].NotAfter
		for _, each := range chain {
			if each.NotAfter.Before(until) {
				until = each.NotAfter
			}
		}
		if known[sha256.Sum256(chain[len(chain)-1].Raw)] && time.Now().Before(until) {
			return chain[0], until
		}
	}
	return nil, until
}
