package cluster

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"os"

	certutil "k8s.io/client-go/util/cert"

	"github.com/account-operator/account-operator/test/cluster/process"
)

// Files by which the API server proves who it is and knows who asks.
const (
	servingCert   = "apiserver.crt" // followed by the authority that signed it
	servingKey    = "apiserver.key"
	accountKey    = "service-account.key"
	tokenFile     = "tokens.csv"
	adminToken    = "admin.token"
	managersToken = "controller-manager.token"
)

// identity is what outlives a restart in the same folder.
type identity struct {
	authority        []byte // PEM
	adminToken       string
	controllersToken string
}

// loadIdentity reads the files, making those that are missing.
func loadIdentity(folder *process.Folder, addresses []net.IP) (identity, error) {
	if err := ensureServingCert(folder, addresses); err != nil {
		return identity{}, err
	}
	if _, err := ensure(folder.File(accountKey), newAccountKey); err != nil {
		return identity{}, err
	}
	authority, err := os.ReadFile(folder.File(servingCert))
	if err != nil {
		return identity{}, err
	}
	admin, err := ensure(folder.File(adminToken), newToken)
	if err != nil {
		return identity{}, err
	}
	managers, err := ensure(folder.File(managersToken), newToken)
	if err != nil {
		return identity{}, err
	}
	// The controller manager has a name of its own so that the audit log says
	// its requests from a test's.
	users := fmt.Sprintf("%s,admin,admin,system:masters\n%s,kube-controller-manager,kube-controller-manager,system:masters\n", admin, managers)
	if err := os.WriteFile(folder.File(tokenFile), []byte(users), 0o600); err != nil {
		return identity{}, err
	}
	return identity{authority: authority, adminToken: string(admin), controllersToken: string(managers)}, nil
}

// ensure returns the content of a file, made first if the file is missing.
func ensure(path string, content func() ([]byte, error)) ([]byte, error) {
	existing, err := os.ReadFile(path)
	if !errors.Is(err, fs.ErrNotExist) {
		return existing, err
	}
	fresh, err := content()
	if err != nil {
		return nil, err
	}
	return fresh, os.WriteFile(path, fresh, 0o600)
}

func ensureServingCert(folder *process.Folder, addresses []net.IP) error {
	_, err := ensure(folder.File(servingKey), func() ([]byte, error) {
		cert, key, err := certutil.GenerateSelfSignedCertKey("localhost", append([]net.IP{net.IPv4(127, 0, 0, 1)}, addresses...), nil)
		if err != nil {
			return nil, err
		}
		return key, os.WriteFile(folder.File(servingCert), cert, 0o600)
	})
	return err
}

func newToken() ([]byte, error) { return []byte(rand.Text()), nil }

// newAccountKey makes the key that signs and checks ServiceAccount tokens.
func newAccountKey() ([]byte, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, err
	}
	der, err := x509.MarshalECPrivateKey(key)
	if err != nil {
		return nil, err
	}
	return pem.EncodeToMemory(&pem.Block{Type: "EC PRIVATE KEY", Bytes: der}), nil
}
