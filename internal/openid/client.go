// Package openid has account holders sign in at an OpenID Connect provider: the code flow with PKCE, its answer bound to the browser that
// asked. It knows no account. A provider that is away keeps nobody from starting, and is asked again.
package openid

import (
	"errors"
	"fmt"
	"net/url"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/go-logr/logr"

	"github.com/account-operator/account-operator/internal/loopback"
)

// Options are what New needs.
type Options struct {
	// Issuer is the provider's name, as its tokens have it: an https URL, or http on a loopback address.
	Issuer   string
	ClientID string
	// SecretFile holds the client's secret, and is read each time. Empty: a public client, which PKCE alone protects.
	SecretFile string
	// Scopes are asked for beside openid.
	Scopes []string
	// CAFile holds certificates of authorities that vouch for the provider, in place of the system's; empty: the system's.
	CAFile string
	// Redirect is where the provider leads visitors back to.
	Redirect *url.URL
	Log      logr.Logger
}

// The errors. Each stands for all of its kind, since a visitor can do the same about them.
var (
	// ErrAway is a provider that cannot be asked, or does not take us for its client.
	ErrAway = errors.New("the OpenID Connect provider cannot be used at the moment")
	// ErrDenied is a visitor who did not sign in there.
	ErrDenied = errors.New("the visitor did not sign in at the OpenID Connect provider")
	// ErrRefused is an answer that proves nothing.
	ErrRefused = errors.New("the answer of the OpenID Connect provider is not good")
)

// Person is who signed in.
type Person struct {
	Issuer, Subject string
	// Email is empty unless the provider has verified it.
	Email string
	// At is when; zero where the provider does not say so.
	At time.Time
	// MultiFactor says that the provider asked for more than one factor.
	MultiFactor bool
}

// Client is ours at one provider.
type Client struct {
	options Options
	host    string
	turn    chan struct{} // whoever has it looks at, or changes, what is known
	known   *provider
	tried   time.Time
	failure string
	calls   chan struct{} // to the provider, at once
}

// maxCalls is how many visitors at once have the provider judge their codes.
const maxCalls = 8

// New asks the provider nothing yet.
func New(o Options) (*Client, error) {
	u, err := url.Parse(o.Issuer)
	switch {
	case err != nil || !protected(u) || u.User != nil || u.RawQuery != "" || u.Fragment != "":
		return nil, errors.New("the issuer must be an https URL without user, query and fragment, such as https://login.example.com; http is for a loopback address only")
	case o.ClientID == "":
		return nil, errors.New("the provider knows us by a client ID: give it")
	}
	c := &Client{options: o, host: u.Host, turn: make(chan struct{}, 1), calls: make(chan struct{}, maxCalls)}
	if _, err := c.secret(); err != nil {
		return nil, err
	}
	_, err = c.transport()
	return c, err
}

// Host is the provider's, as its name has it.
func (c *Client) Host() string { return c.host }

// protected reports whether nobody else reads what is sent to a URL.
func protected(u *url.URL) bool {
	return u.Host != "" && (u.Scheme == "https" || u.Scheme == "http" && loopback.Is(u.Hostname()))
}

func (c *Client) secret() (string, error) {
	if c.options.SecretFile == "" {
		return "", nil
	}
	text, err := os.ReadFile(c.options.SecretFile)
	if err != nil {
		return "", fmt.Errorf("read the client's secret: %w", err)
	}
	secret := strings.TrimSpace(string(text))
	if secret == "" {
		return "", errors.New("the file of the client's secret is empty")
	}
	return secret, nil
}

// scopes begin with the one that makes it OpenID Connect.
func (c *Client) scopes() []string {
	return append([]string{"openid"}, slices.DeleteFunc(slices.Clone(c.options.Scopes), func(s string) bool { return s == "openid" })...)
}
