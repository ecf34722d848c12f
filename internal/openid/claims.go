package openid

import (
	"context"
	"slices"
	"time"
	"unicode/utf8"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"
)

// claims are what of an ID token go-oidc does not judge.
type claims struct {
	Email    string   `json:"email"`
	Verified truth    `json:"email_verified"`
	At       float64  `json:"auth_time"`
	Methods  []string `json:"amr"`
	Party    string   `json:"azp"`
}

// truth is a boolean, which some providers write as a text.
type truth bool

func (t *truth) UnmarshalJSON(text []byte) error {
	*t = truth(slices.Contains([]string{"true", `"true"`}, string(text)))
	return nil
}

// maxSubject is the longest that the standard allows.
const maxSubject = 255

// person is whom the token proves.
func (c *Client) person(ctx context.Context, p *provider, key string, token *oauth2.Token) (Person, error) {
	raw, _ := token.Extra("id_token").(string)
	proved, err := p.tokens.Verify(ctx, raw)
	if err != nil {
		return Person{}, c.refuse("its ID token is not good", err)
	}
	var said claims
	if err := proved.Claims(&said); err != nil {
		return Person{}, c.refuse("its ID token cannot be read", nil)
	}
	if why := c.wrong(proved, said, key, token.AccessToken); why != "" {
		return Person{}, c.refuse(why, nil)
	}
	if said.Email == "" && p.published.UserInfo != "" {
		if err := c.more(ctx, p, token, proved.Subject, &said); err != nil {
			return Person{}, err
		}
	}
	who := Person{Issuer: c.options.Issuer, Subject: proved.Subject, MultiFactor: slices.Contains(said.Methods, "mfa")}
	if said.Verified {
		who.Email = said.Email
	}
	if said.At > 0 {
		who.At = time.Unix(int64(said.At), 0)
	}
	return who, nil
}

// wrong is what speaks against a token that the provider signed for us, or "".
func (c *Client) wrong(proved *oidc.IDToken, said claims, key, access string) string {
	switch {
	case !same(proved.Nonce, derived(key, "nonce")):
		return "its ID token answers another sign-in"
	case !c.isParty(said.Party, len(proved.Audience)):
		return "its ID token was made for another client"
	case proved.Subject == "" || len(proved.Subject) > maxSubject || !utf8.ValidString(proved.Subject):
		return "its ID token names nobody"
	case early(proved.IssuedAt) || early(time.Unix(int64(said.At), 0)):
		return "its ID token is of a time to come: compare the clocks"
	case proved.AccessTokenHash != "" && proved.VerifyAccessToken(access) != nil:
		return "its ID token belongs to another access token"
	}
	return ""
}

// isParty reports whether a token was made for us, where it names whom it was made for, as one for several clients has to.
func (c *Client) isParty(named string, audience int) bool {
	return named == c.options.ClientID || named == "" && audience == 1
}

func early(at time.Time) bool { return at.After(time.Now().Add(within)) }

// more asks for the address where the token has none.
func (c *Client) more(ctx context.Context, p *provider, token *oauth2.Token, subject string, said *claims) error {
	about, err := p.UserInfo(ctx, oauth2.StaticTokenSource(token))
	if err != nil {
		c.options.Log.Info("The OpenID Connect provider does not give the address of who signed in")
		return ErrAway
	}
	if about.Subject != subject {
		return c.refuse("it is about two persons", nil)
	}
	said.Email, said.Verified = about.Email, truth(about.EmailVerified)
	return nil
}
