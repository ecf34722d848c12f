package openid

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"slices"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"
)

const (
	// askWithin is how long a visitor waits for one answer of the provider.
	askWithin = 5 * time.Second
	// askAgain is how long a provider that could not be asked is left alone.
	askAgain = 5 * time.Second
	// keptFor is how long what it publishes of itself is taken for true. Its keys are looked for whenever one is missing.
	keptFor = time.Hour
	// maxAnswer is far longer than any answer is.
	maxAnswer = 1 << 20
)

// provider is what one publishes of itself.
type provider struct {
	*oidc.Provider
	tokens    *oidc.IDTokenVerifier
	http      *http.Client
	read      time.Time
	published published
}

// published is what go-oidc does not look at.
type published struct {
	Authorization string   `json:"authorization_endpoint"`
	Token         string   `json:"token_endpoint"`
	Keys          string   `json:"jwks_uri"`
	UserInfo      string   `json:"userinfo_endpoint"`
	Methods       []string `json:"token_endpoint_auth_methods_supported"`
	NamesItself   bool     `json:"authorization_response_iss_parameter_supported"`
}

// provider is what is known of it, or is now asked for. Others wait meanwhile, each no longer than its visitor.
func (c *Client) provider(ctx context.Context) (*provider, error) {
	select {
	case c.turn <- struct{}{}:
		defer func() { <-c.turn }()
	case <-ctx.Done():
		return nil, ErrAway
	}
	stale := c.known == nil || time.Since(c.known.read) > keptFor
	if stale && time.Since(c.tried) > askAgain {
		c.discover(ctx)
	}
	if c.known == nil {
		return nil, ErrAway
	}
	return c.known, nil
}

// discover keeps what was known of a provider that cannot be asked, and logs each failure once.
func (c *Client) discover(ctx context.Context) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), askWithin)
	defer cancel()
	found, err := c.ask(ctx)
	c.tried = time.Now()
	if err == nil {
		c.known, c.failure = found, ""
		return
	}
	if c.failure != err.Error() {
		c.failure = err.Error()
		c.options.Log.Error(err, "Nobody can sign in by OpenID Connect: the provider cannot be asked for what it publishes of itself", "issuer", c.options.Issuer)
	}
}

func (c *Client) ask(ctx context.Context) (*provider, error) {
	transport, err := c.transport()
	if err != nil {
		return nil, err
	}
	p := &provider{read: time.Now(), http: &http.Client{
		Transport: transport, Timeout: askWithin,
		// What is sent there is for the provider alone.
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}
	ctx = oidc.ClientContext(ctx, p.http)
	if p.Provider, err = oidc.NewProvider(ctx, c.options.Issuer); err != nil {
		return nil, err
	}
	if err := p.Claims(&p.published); err != nil {
		return nil, err
	}
	for name, address := range map[string]string{
		"authorization_endpoint": p.published.Authorization, "token_endpoint": p.published.Token, "jwks_uri": p.published.Keys,
	} {
		if u, err := url.Parse(address); err != nil || !protected(u) {
			return nil, fmt.Errorf("its %s is no https URL", name)
		}
	}
	if u, err := url.Parse(p.published.UserInfo); p.published.UserInfo != "" && (err != nil || !protected(u)) {
		return nil, errors.New("its userinfo_endpoint is no https URL")
	}
	p.tokens = p.VerifierContext(ctx, &oidc.Config{ClientID: c.options.ClientID})
	return p, nil
}

// oauth has the secret of now.
func (c *Client) oauth(p *provider) (oauth2.Config, error) {
	secret, err := c.secret()
	at := oauth2.Endpoint{AuthURL: p.published.Authorization, TokenURL: p.published.Token, AuthStyle: oauth2.AuthStyleInHeader}
	byForm := len(p.published.Methods) > 0 && !slices.Contains(p.published.Methods, "client_secret_basic")
	if secret == "" || byForm {
		at.AuthStyle = oauth2.AuthStyleInParams
	}
	return oauth2.Config{
		ClientID: c.options.ClientID, ClientSecret: secret, Endpoint: at, RedirectURL: c.options.Redirect.String(), Scopes: c.scopes(),
	}, err
}

func (c *Client) transport() (http.RoundTripper, error) {
	t := http.DefaultTransport.(*http.Transport).Clone() //nolint:forcetypeassert // nobody replaces it
	t.TLSClientConfig = &tls.Config{MinVersion: tls.VersionTLS12}
	t.MaxIdleConnsPerHost, t.IdleConnTimeout = maxCalls, askWithin
	if c.options.CAFile == "" {
		return bounded{t}, nil
	}
	text, err := os.ReadFile(c.options.CAFile)
	if err != nil {
		return nil, fmt.Errorf("read the provider's authorities: %w", err)
	}
	t.TLSClientConfig.RootCAs = x509.NewCertPool()
	if !t.TLSClientConfig.RootCAs.AppendCertsFromPEM(text) {
		return nil, errors.New("the file of the provider's authorities has no certificate in PEM")
	}
	return bounded{t}, nil
}

// bounded reads no more of an answer than one has.
type bounded struct{ next http.RoundTripper }

func (b bounded) RoundTrip(r *http.Request) (*http.Response, error) {
	answer, err := b.next.RoundTrip(r)
	if err != nil {
		return nil, err
	}
	answer.Body = struct {
		io.Reader
		io.Closer
	}{io.LimitReader(answer.Body, maxAnswer), answer.Body}
	return answer, nil
}
