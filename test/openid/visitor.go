package openid

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"github.com/account-operator/account-operator/test/standin"
)

// visitor trusts the provider, and is led nowhere without looking.
func (p *Provider) visitor() *http.Client {
	return &http.Client{
		Transport: &http.Transport{
			TLSClientConfig: &tls.Config{RootCAs: standin.CA(), MinVersion: tls.VersionTLS12}, DisableKeepAlives: true,
		},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}

// SignIn does at the provider what a visitor does whom an application sent there, and returns where he is led back to.
func (p *Provider) SignIn(ctx context.Context, address string, who User) (back string, err error) {
	v := p.visitor()
	at, err := p.led(ctx, v, http.MethodGet, address, nil)
	if err != nil {
		return "", fmt.Errorf("asking for the provider's form: %w", err)
	}
	form, err := url.Parse(at)
	if err != nil {
		return "", err
	}
	id := form.Query().Get("authRequestID")
	if id == "" {
		return "", fmt.Errorf("the provider asks for no password, and leads to %s", form.Path)
	}
	at, err = p.led(ctx, v, http.MethodPost, p.Issuer+"/login/username", url.Values{"id": {id}, "username": {who.Username}, "password": {who.Password}})
	if err != nil {
		return "", fmt.Errorf("giving the password: %w", err)
	}
	return p.led(ctx, v, http.MethodGet, at, nil)
}

// led is where an answer leads to.
func (p *Provider) led(ctx context.Context, v *http.Client, method, address string, form url.Values) (string, error) {
	request, err := http.NewRequestWithContext(ctx, method, address, strings.NewReader(form.Encode()))
	if err != nil {
		return "", err
	}
	request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	answer, err := v.Do(request)
	if err != nil {
		return "", err
	}
	if err := answer.Body.Close(); err != nil {
		return "", err
	}
	to, err := answer.Location()
	if err != nil {
		return "", errors.Join(fmt.Errorf("it answers %s", answer.Status), err)
	}
	return to.String(), nil
}
