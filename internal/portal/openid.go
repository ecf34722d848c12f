package portal

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/account-operator/account-operator/internal/openid"
	"github.com/account-operator/account-operator/internal/store"
	"github.com/account-operator/account-operator/internal/visitor"
)

// CodesOfProvider says when a second factor of ours is asked for after a sign-in at the provider. An account whose policy asks for one has to give
// it in any case, unless the provider asked for more than one factor itself.
type CodesOfProvider string

// The choices.
const (
	CodesUnlessMultiFactor CodesOfProvider = "UnlessMultiFactor" // of the provider
	CodesAlways            CodesOfProvider = "Always"
	CodesNever             CodesOfProvider = "Never"
)

// CodeChoices are all of them.
var CodeChoices = []CodesOfProvider{CodesUnlessMultiFactor, CodesAlways, CodesNever}

// OpenID is a provider at which account holders sign in.
type OpenID struct {
	Client *openid.Client
	Name   string // what the button calls it
	Codes  CodesOfProvider
}

func (o OpenID) rule(who openid.Person) store.CodeRule {
	switch {
	case o.Codes == CodesAlways:
		return store.CodeAlways
	case who.MultiFactor:
		return store.CodeNever
	case o.Codes == CodesNever:
		return store.CodeIfRequired
	default:
		return store.CodeAlways
	}
}

// openIDRoutes are nothing where there is no provider.
func openIDRoutes(mux *http.ServeMux, p *presenter, signing signingIn, at *OpenID) {
	if at == nil {
		return
	}
	o := atProvider{signing, *at, visitor.NewPeers(answersBurst, answersEvery)}
	mux.Handle("GET "+providerPath, p.page(o.begin))
	mux.Handle("GET "+OpenIDPath, p.page(o.complete))
}

// atProvider are the steps of a visitor who signs in at a provider.
type atProvider struct {
	signingIn
	provider OpenID
	visitors *visitor.Peers // how often they have it asked
}

// How often one peer may have the provider judge an answer: an office behind one address at the beginning of a day, and no program.
const (
	answersBurst = 100
	answersEvery = time.Second
)

// flowKept is longer than signing in takes.
const flowKept = 15 * time.Minute

// begin gives the browser the key of this sign-in, with the page that asks the member to sign in again, if one does. The provider's page is
// reached by a link, since our forms are sent to this host alone.
func (o atProvider) begin(r *http.Request) (page, error) {
	asks := r.URL.Query().Get("for")
	if !slices.Contains(provable, asks) {
		asks = ""
	}
	key := openid.NewKey() + keyEnd + asks
	to, err := o.provider.Client.Begin(r.Context(), key, asks != "")
	if err != nil {
		return o.unsuccessful(err)
	}
	led := page{status: http.StatusSeeOther, elsewhere: to}
	led.cookies = []*http.Cookie{o.cookies.cookie(o.cookies.flow(), store.NewSecret([]byte(key)), flowKept)}
	return led, nil
}

// keyEnd is in no key.
const keyEnd = ":"

// complete takes the key away whatever comes of it, but from who has to wait.
func (o atProvider) complete(r *http.Request) (shown page, err error) {
	key := string(o.cookies.token(r, o.cookies.flow()).Reveal())
	if wait := o.visitors.Wait(visitor.Of(r, o.trusted)); wait > 0 {
		return tooFast(wait), nil
	}
	who, err := o.provider.Client.Complete(r.Context(), key, r.URL.Query())
	if err != nil {
		shown, err = o.unsuccessful(err)
	} else {
		_, asks, _ := strings.Cut(key, keyEnd)
		shown, err = o.enter(r, who, asks)
	}
	shown.cookies = append(shown.cookies, o.cookies.cookie(o.cookies.flow(), store.Secret{}, -time.Second))
	return shown, err
}

// enter has the browser forget the session that it had.
func (o atProvider) enter(r *http.Request, who openid.Person, asks string) (page, error) {
	before, err := o.find(r)
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		return page{}, err
	}
	given, err := o.store.BeginSubjectSession(r.Context(), store.Subject{
		Issuer: who.Issuer, Subject: who.Subject, Email: who.Email, At: who.At, Code: o.provider.rule(who),
	}, o.browser(r))
	if errors.Is(err, store.ErrNotFound) {
		return message(http.StatusForbidden, "You cannot sign in here",
			say("You signed in at %v, and there is no account here that this lets you in to.", o.provider.Name),
			say("Ask whoever manages your account. It must have the address that %v has verified.", o.provider.Name)), nil
	}
	if err != nil {
		return page{}, err
	}
	if err := o.leave(r.Context(), before); err != nil {
		return page{}, err
	}
	entered := o.arrived(given)
	switch {
	case asks == "" || given.AwaitsCode:
	case time.Since(who.At) > store.SessionProof:
		cookies := entered.cookies
		entered = message(http.StatusForbidden, "That was not enough",
			say("%v let you in without asking again who you are, which the page needs that you came from.", o.provider.Name))
		entered.cookies = cookies
	default:
		entered.redirect = asks
	}
	return entered, nil
}

// leave ends the session of before, if there is one.
func (o atProvider) leave(ctx context.Context, before member) error {
	if before.ID == "" {
		return nil
	}
	if err := o.end(ctx, before); err != nil && !errors.Is(err, store.ErrNotFound) {
		return err
	}
	return nil
}

func (o atProvider) unsuccessful(err error) (page, error) {
	name := o.provider.Name
	switch {
	case errors.Is(err, openid.ErrAway):
		shown := message(http.StatusServiceUnavailable, say("You cannot sign in by %v at the moment", name),
			"It does not answer, or does not know this page. Try again in a few minutes.")
		shown.retryAfter = 10 * time.Second
		return shown, nil
	case errors.Is(err, openid.ErrDenied):
		return signInForm(http.StatusForbidden, "", problem{"provider", say("You did not sign in at %v.", name)}), nil
	case errors.Is(err, openid.ErrRefused):
		return signInForm(http.StatusForbidden, "", problem{"provider", "This sign-in is over, or began in another browser. Begin again."}), nil
	}
	return page{}, err
}

// OpenIDURL is where the provider leads visitors back to.
func OpenIDURL(portal *url.URL) *url.URL { return portal.JoinPath(OpenIDPath) }
