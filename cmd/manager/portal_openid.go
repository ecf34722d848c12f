package main

import (
	"cmp"
	"net/url"
	"slices"
	"strings"

	"github.com/spf13/pflag"
	ctrl "sigs.k8s.io/controller-runtime"

	"github.com/account-operator/account-operator/internal/openid"
	"github.com/account-operator/account-operator/internal/portal"
)

// signInConfig is by what account holders sign in.
type signInConfig struct {
	signIn    bool
	passwords string
	mailed    bool // holders, of a browser that is not known

	issuer, clientID, secretFile, caFile, name string
	scopes                                     []string
	secondFactor                               string

	atProvider *portal.OpenID // nil: there is none
}

func (c *signInConfig) signInFlags(f *pflag.FlagSet) {
	f.BoolVar(&c.signIn, "portal-sign-in", false, "let account holders sign in to a page of their settings; the page's URL must have no path")
	f.StringVar(&c.passwords, "portal-passwords", "On", "On, or Off: nobody has a password, and account holders sign in at the OpenID Connect provider alone; give it to managers and pages alike")
	f.BoolVar(&c.mailed, "portal-sign-in-mails", true, "mail account holders that their account was signed in to with a browser that is not known")
	f.StringVar(&c.issuer, "portal-oidc-issuer", "", "OpenID Connect provider at which account holders sign in, such as https://login.example.com; left out, there is none")
	f.StringVar(&c.clientID, "portal-oidc-client-id", "", "ID by which the provider knows the pages, which it leads back to /sign-in/openid below --portal-url")
	f.StringVar(&c.secretFile, "portal-oidc-client-secret-file", "", "file that holds the client's secret, read each time; left out, the client is public")
	f.StringSliceVar(&c.scopes, "portal-oidc-scopes", []string{"email"}, "what the provider is asked for beside openid; one has to bring email and email_verified")
	f.StringVar(&c.name, "portal-oidc-name", "", "what the button calls the provider; left out, its host")
	f.StringVar(&c.caFile, "portal-oidc-ca-file", "", "file of authorities that vouch for the provider; left out, the system's")
	f.StringVar(&c.secondFactor, "portal-oidc-second-factor", string(portal.CodesUnlessMultiFactor),
		"when a second factor of the account is asked for after the provider: UnlessMultiFactor (by its claim amr), Always, or Never but where the account's policy asks for one")
}

// checkSignIn finds what cannot be meant, and reads what it takes to sign in at a provider.
func (c *portalConfig) checkSignIn() error {
	if err := c.contradiction(); err != nil || c.issuer == "" || c.pagesURL == "" || c.pagesAddress == "0" {
		return err
	}
	pages, err := c.pages()
	if err != nil {
		return err
	}
	c.atProvider, err = c.provider(pages)
	return err
}

func (c *signInConfig) contradiction() error {
	switch {
	case c.passwords != "On" && c.passwords != "Off":
		return usagef("--portal-passwords is On or Off")
	case !slices.Contains(portal.CodeChoices, portal.CodesOfProvider(c.secondFactor)):
		return usagef("--portal-oidc-second-factor is one of %q", portal.CodeChoices)
	case c.issuer == "" && c.withoutPasswords():
		return usagef("with --portal-passwords=Off nobody could sign in: name the provider by --portal-oidc-issuer")
	case c.issuer == "" && c.clientID+c.secretFile+c.caFile+c.name != "":
		return usagef("there is no provider that the flags --portal-oidc-... are about: name it by --portal-oidc-issuer")
	case c.issuer != "" && !c.signIn:
		return usagef("with --portal-oidc-issuer account holders sign in: say so by --portal-sign-in")
	}
	return nil
}

func (c *signInConfig) withoutPasswords() bool { return c.passwords == "Off" }

// provider is asked for nothing yet, so that one that is away keeps nobody from starting.
func (c *signInConfig) provider(pages *url.URL) (*portal.OpenID, error) {
	client, err := openid.New(openid.Options{
		Issuer: c.issuer, ClientID: c.clientID, SecretFile: c.secretFile, Scopes: c.scopes, CAFile: c.caFile, Redirect: portal.OpenIDURL(pages),
		Log: ctrl.Log.WithName("openid"),
	})
	if err != nil {
		return nil, usagef("--portal-oidc-issuer: %v", err)
	}
	return &portal.OpenID{Client: client, Name: cmp.Or(strings.TrimSpace(c.name), client.Host()), Codes: portal.CodesOfProvider(c.secondFactor)}, nil
}
