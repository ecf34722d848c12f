// Package openid runs a real OpenID Connect provider for tests: zitadel/oidc, as hack/openid builds it, on a folder of its own and gone
// when the program that started it is.
package openid

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"time"

	"github.com/account-operator/account-operator/test/cluster/process"
	"github.com/account-operator/account-operator/test/standin"
	"github.com/account-operator/account-operator/test/tool"
)

// ClientID is that of the one client.
const ClientID = "account-operator"

// User is who can sign in. The ID is the subject of his tokens.
type User struct {
	ID, Username, Password string
	Email                  string
	EmailVerified          bool
	// MultiFactor has the provider say that more than a password was given; of one user at most.
	MultiFactor bool `json:"-"`
}

// Provider is a running one.
type Provider struct {
	// Issuer is its name and address. Its certificate is of CAFile.
	Issuer, CAFile string

	secret   string
	redirect string
	address  string
	users    []User
	program  string
	folder   *process.Folder
	group    *process.Group
	process  *process.Process
}

const (
	startLimit = 30 * time.Second
	stopLimit  = 10 * time.Second
)

// New builds the provider, if need be, and settles its address. It does not run yet. The client's secret is the caller's, so that he can look
// for it afterwards; module is the root of this module, and redirect where visitors are led back to.
func New(ctx context.Context, module, secret, redirect string, users ...User) (*Provider, error) {
	program, err := tool.Build(ctx, filepath.Join(module, "hack", "openid"), "openid")
	if err != nil {
		return nil, err
	}
	p := &Provider{secret: secret, redirect: redirect, users: users, program: program}
	if p.address, err = freeAddress(ctx); err != nil {
		return nil, err
	}
	p.Issuer = "https://" + p.address
	if err := p.lay(); err != nil {
		return nil, errors.Join(err, p.Close())
	}
	return p, nil
}

// lay writes what it finds when it starts: its users and its certificate.
func (p *Provider) lay() (err error) {
	if p.folder, err = process.TemporaryFolder("account-operator-openid"); err != nil {
		return err
	}
	byID := map[string]User{}
	for _, u := range p.users {
		byID[u.ID] = u
	}
	known, err := json.Marshal(byID)
	if err != nil {
		return err
	}
	certificate, key, err := standin.CertificatePEM()
	if err != nil {
		return err
	}
	p.CAFile = p.folder.File("cert.pem")
	return errors.Join(
		os.WriteFile(p.folder.File("users.json"), known, 0o600),
		os.WriteFile(p.CAFile, certificate, 0o600),
		os.WriteFile(p.folder.File("key.pem"), key, 0o600))
}

// Start returns when it answers. One that was stopped starts with other keys, as one does that replaced them.
func (p *Provider) Start(ctx context.Context) (err error) {
	if p.group, err = process.NewGroup(); err != nil {
		return err
	}
	several := ""
	for _, u := range p.users {
		if u.MultiFactor {
			several = u.ID
		}
	}
	p.process, err = p.group.Start(process.Command{
		Path: p.program, Dir: p.folder.Path, Log: p.folder.File("log"),
		Args: []string{
			"--address", p.address, "--client", ClientID, "--secret", p.secret, "--redirect", p.redirect, "--multi-factor", several,
			"--cert", p.CAFile, "--key", p.folder.File("key.pem"), "--users", p.folder.File("users.json"),
		},
	})
	if err != nil {
		return fmt.Errorf("starting the OpenID Connect provider: %w", err)
	}
	ctx, cancel := context.WithTimeout(ctx, startLimit)
	defer cancel()
	return p.process.Await(ctx, p.answers)
}

func freeAddress(ctx context.Context) (string, error) {
	l, err := new(net.ListenConfig).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	return l.Addr().String(), l.Close()
}

func (p *Provider) answers(ctx context.Context) error {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, p.Issuer+"/.well-known/openid-configuration", nil)
	if err != nil {
		return err
	}
	client := p.visitor()
	defer client.CloseIdleConnections()
	answer, err := client.Do(request)
	if err != nil {
		return err
	}
	return answer.Body.Close()
}

// Stop ends it; it can be started again, at the same address.
func (p *Provider) Stop() error {
	var errs []error
	if p.process != nil {
		errs = append(errs, p.process.Stop(stopLimit))
	}
	if p.group != nil {
		errs = append(errs, p.group.Close())
	}
	p.process, p.group = nil, nil
	return errors.Join(errs...)
}

// Close ends it and removes its folder.
func (p *Provider) Close() error {
	err := p.Stop()
	if p.folder != nil {
		err = errors.Join(err, p.folder.Close())
	}
	return err
}
