// Package standin has servers that stand in, in tests, for what is on the Internet. All listen on loopback only, with one
// certificate that no system trusts.
package standin

import (
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"net/http/httptest"
	"sync"
)

// pair is the certificate that net/http/httptest brings: for 127.0.0.1, ::1 and example.com.
var pair = sync.OnceValue(func() tls.Certificate {
	s := httptest.NewTLSServer(nil)
	defer s.Close()
	return s.TLS.Certificates[0]
})

// CA trusts the certificate of the stand-ins and nothing else.
func CA() *x509.CertPool {
	pool := x509.NewCertPool()
	certificate, err := x509.ParseCertificate(pair().Certificate[0])
	if err != nil {
		panic(err) // it was just served
	}
	pool.AddCert(certificate)
	return pool
}

// CertificatePEM is the certificate and its key for a server that reads them from files.
func CertificatePEM() (certificate, key []byte, err error) {
	der, err := x509.MarshalPKCS8PrivateKey(pair().PrivateKey)
	if err != nil {
		return nil, nil, err
	}
	certificate = pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: pair().Certificate[0]})
	return certificate, pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der}), nil
}
