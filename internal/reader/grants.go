package reader

import (
	"bytes"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"slices"

	"github.com/go-logr/logr"
	"go.yaml.in/yaml/v3"

	"github.com/account-operator/account-operator/internal/store"
)

// Grants are the rights that a file gives to ServiceAccounts and to certificates.
type Grants struct {
	given *followed[map[string]*principal]
}

// grantFile is its form.
type grantFile struct {
	ServiceAccounts []struct {
		Namespace string `yaml:"namespace"`
		Name      string `yaml:"name"`
		granted   `yaml:",inline"`
	} `yaml:"serviceAccounts"`
	Certificates []struct {
		URI     string `yaml:"uri"`
		DNS     string `yaml:"dns"`
		granted `yaml:",inline"`
	} `yaml:"certificates"`
}

type granted struct {
	Rights   []string  `yaml:"rights"`
	Accounts yaml.Node `yaml:"accounts"`
}

// LoadGrants reads the file.
func LoadGrants(path string, log logr.Logger) (*Grants, error) {
	given, err := follow(path, "rights of readers", log, parseGrants)
	if err != nil {
		return nil, err
	}
	return &Grants{given}, nil
}

func parseGrants(text []byte) (map[string]*principal, error) {
	var file grantFile
	decoder := yaml.NewDecoder(bytes.NewReader(text))
	decoder.KnownFields(true)
	if err := decoder.Decode(&file); err != nil && !errors.Is(err, io.EOF) {
		return nil, err
	}
	given := map[string]*principal{}
	for n, each := range file.ServiceAccounts {
		if each.Namespace == "" || each.Name == "" {
			return nil, fmt.Errorf("serviceAccounts[%d] needs a namespace and a name", n)
		}
		if err := each.addTo(given, serviceAccountName(each.Namespace, each.Name)); err != nil {
			return nil, err
		}
	}
	for n, each := range file.Certificates {
		if (each.URI == "") == (each.DNS == "") {
			return nil, fmt.Errorf("certificates[%d] needs either a uri or a dns", n)
		}
		if err := each.addTo(given, certificateName(each.URI, each.DNS)); err != nil {
			return nil, err
		}
	}
	return given, nil
}

func certificateName(uri, dns string) string {
	if uri != "" {
		return "uri:" + uri
	}
	return "dns:" + dns
}

func (g granted) addTo(given map[string]*principal, name string) error {
	who, err := g.principal(name)
	if given[name] != nil {
		err = errors.New("is named twice")
	}
	if err != nil {
		return fmt.Errorf("%s %w", name, err)
	}
	given[name] = who
	return nil
}

func serviceAccountName(namespace, name string) string {
	return "serviceaccount:" + namespace + "/" + name
}

// principal has the rights; accounts are the word all, or a list.
func (g granted) principal(name string) (*principal, error) {
	if len(g.Rights) == 0 {
		return nil, errors.New("has no rights")
	}
	for _, right := range g.Rights {
		if !slices.Contains(store.ReaderRights, right) {
			return nil, fmt.Errorf("has the right %q, which there is not; there are %q", right, store.ReaderRights)
		}
	}
	if g.Accounts.Kind == yaml.ScalarNode && g.Accounts.Value == "all" {
		return newPrincipal(name, g.Rights, nil, true), nil
	}
	var texts []string
	if err := g.Accounts.Decode(&texts); err != nil || len(texts) == 0 {
		return nil, errors.New("needs accounts: all, or a list of IDs")
	}
	accounts, err := ParseAccounts(texts)
	return newPrincipal(name, g.Rights, accounts, false), err
}

// ParseAccounts reads IDs of accounts.
func ParseAccounts(texts []string) (accounts []int64, err error) {
	for _, text := range texts {
		id, ok := store.ParseAccountID(text)
		if !ok {
			return nil, fmt.Errorf("%q is no ID of an account", text)
		}
		accounts = append(accounts, id)
	}
	return accounts, nil
}

// of is a copy of who has the name; nil for nobody.
func (g *Grants) of(name string) *principal {
	who := g.given.now()[name]
	if who == nil {
		return nil
	}
	own := *who
	return &own
}

func (g *Grants) ofServiceAccount(namespace, name string) *principal {
	return g.of(serviceAccountName(namespace, name))
}

// ofCertificate goes by the names of the certificate that are registered, URIs first: that of a CA alone is nobody.
func (g *Grants) ofCertificate(c *x509.Certificate) *principal {
	names := make([]string, 0, len(c.URIs)+len(c.DNSNames))
	for _, uri := range c.URIs {
		names = append(names, certificateName(uri.String(), ""))
	}
	for _, dns := range c.DNSNames {
		names = append(names, certificateName("", dns))
	}
	for _, name := range names[:min(len(names), 100)] {
		if who := g.of(name); who != nil {
			return who
		}
	}
	return nil
}
