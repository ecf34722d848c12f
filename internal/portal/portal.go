// Package portal serves the pages that links in mails lead to: confirm an address, choose a password, ask for a new link. What a
// visitor may do there hangs on the token that he brings. Where account holders sign in it has the page of their settings, too, and
// that is the only one which a cookie opens. All are plain HTML, without a script.
package portal

import (
	"errors"
	"net/http"
	"net/netip"
	"net/url"
	"strings"

	"github.com/go-logr/logr"

	"github.com/account-operator/account-operator/internal/brand"
	"github.com/account-operator/account-operator/internal/loopback"
	"github.com/account-operator/account-operator/internal/password"
	"github.com/account-operator/account-operator/internal/probe"
	"github.com/account-operator/account-operator/internal/store"
	"github.com/account-operator/account-operator/internal/visitor"
)

// Options are what New needs.
type Options struct {
	Links store.Links
	// Holders has account holders sign in to the page of their settings; nil: there is none.
	Holders Holders
	// OpenID is a provider at which they sign in; nil: there is none.
	OpenID *OpenID
	// WithoutPasswords has nobody choose one, or sign in by one.
	WithoutPasswords bool
	// Hasher is the process's; nil: only the pages hash passwords.
	Hasher *password.Hasher
	// Mails says that mails go out, so that a code in one can be asked for.
	Mails bool
	// URL is where account holders reach the pages: https, or http on a loopback address.
	URL *url.URL
	// ReferralURL is what a referral code is added to; nil: codes are shown without a link.
	ReferralURL *url.URL
	// Checker asks providers about connections that a holder enters; nil: they are not asked.
	Checker *probe.Checker
	// TrustedProxies are the peers whose X-Forwarded-For is believed.
	TrustedProxies []netip.Prefix
	// Brand is whose pages they are; without a name they show the host.
	Brand brand.Brand
	Log   logr.Logger
	// Report hears of each page that was shown, by the pattern of its address; nil, nobody does.
	Report func(page string, status int)
}

// New returns the pages. They answer for URL's host only, below its path.
func New(o Options) (http.Handler, error) {
	if err := o.check(); err != nil {
		return nil, err
	}
	if o.Hasher == nil {
		o.Hasher = password.NewHasher()
	}
	base := strings.TrimSuffix(o.URL.Path, "/")
	shared := newSite(o.URL.Hostname(), base, o.Brand, cookies{secure: o.URL.Scheme == "https"})
	shared.SignsIn, shared.Passwords = o.Holders != nil, !o.WithoutPasswords
	if o.OpenID != nil && o.Holders != nil {
		shared.Provider = o.OpenID.Name
	}
	p := newPresenter(shared, o.TrustedProxies, o.Log)
	if o.Report != nil {
		p.report = o.Report
	}
	guarded := guard{scheme: o.URL.Scheme, host: canonicalHost(o.URL.Scheme, o.URL.Host), refuse: p.write}
	turn := newTurns()
	mux := routes(p, turn.links(o.Links), o.Hasher)
	if o.Holders != nil {
		signInRoutes(mux, p, turn.holders(o.Holders), o)
	}
	return guarded.around(http.StripPrefix(base, mux)), nil
}

func (o *Options) check() error {
	if err := checkURL(o.URL); err != nil {
		return err
	}
	if o.Holders != nil && strings.Trim(o.URL.Path, "/") != "" {
		return errors.New("where account holders sign in the portal's URL must have no path, since every page of the host gets their cookies")
	}
	if o.WithoutPasswords && (o.OpenID == nil || o.Holders == nil) {
		return errors.New("without passwords nobody could sign in: that takes a provider, and holders who may")
	}
	return nil
}

func checkURL(u *url.URL) error {
	switch {
	case u == nil || u.Host == "" || (u.Scheme != "https" && u.Scheme != "http"):
		return errors.New("the portal's URL must be like https://accounts.example.com")
	case u.Scheme == "http" && !loopback.Is(u.Hostname()):
		return errors.New("the portal's URL must be https, since its links are secret; http is for a loopback address only")
	case u.User != nil || u.RawQuery != "" || u.Fragment != "":
		return errors.New("the portal's URL must have no user, query or fragment")
	}
	return nil
}

func routes(p *presenter, links store.Links, hasher *password.Hasher) *http.ServeMux {
	confirmation := confirmation{links, p.site.Passwords}
	choice := passwordChoice{links, hasher}
	requests := linkRequests{links, p.trusted, visitor.NewPeers(peerBurst, peerEvery), p.site.Passwords}
	mux := http.NewServeMux()
	mux.Handle("GET /verify", p.page(confirmation.askToConfirm))
	mux.Handle("POST /verify", p.page(confirmation.confirm))
	if p.site.Passwords {
		mux.Handle("GET /password", p.page(choice.askForPassword))
		mux.Handle("POST /password", p.page(choice.choosePassword))
	} else {
		mux.Handle("/password", p.page(noPasswords))
	}
	mux.Handle("GET /{$}", p.page(begin))
	mux.Handle("GET /expired", p.page(askForAddress))
	mux.Handle("POST /link", p.page(requests.requestLink))
	mux.Handle("POST /language", p.page(p.site.chooseLanguage))
	for _, a := range []asset{stylesheet, p.site.mark.asset} {
		mux.Handle("GET "+a.path, a)
	}
	mux.Handle("/", p.page(nothingHere))
	return mux
}

// signInRoutes adds what account holders do who sign in.
func signInRoutes(mux *http.ServeMux, p *presenter, holders Holders, o Options) {
	found := sessions{holders, p.site.cookies, p.trusted}
	signing := signingIn{found, o.Hasher, codes{holders, o.Hasher}, visitor.NewPeers(signInBurst, signInEvery), p.site.Name, o.Mails}
	mux.Handle("GET "+signInPath, p.page(signing.askForSignIn))
	openIDRoutes(mux, p, signing, o.OpenID)
	mux.Handle("GET "+codePath, p.page(signing.askForCode))
	mux.Handle("POST "+codePath, p.page(signing.giveCode))
	mux.Handle("POST /sign-out", p.page(found.signOut))
	mux.Handle("GET "+deletedPath, p.page(deleted))
	for pattern, take := range map[string]memberStep{
		"GET " + setUpPath:     proven(setUpPath, signing.askForApp),
		"POST " + setUpPath:    proven(setUpPath, signing.addApp),
		"POST " + mailCodePath: proven(setUpPath, signing.mailCode),
		"GET " + provePath:     signing.askForProof,
	} {
		mux.Handle(pattern, p.page(found.arriving(take)))
	}
	if p.site.Passwords {
		mux.Handle("POST "+signInPath, p.page(signing.signIn))
		mux.Handle("POST "+provePath, p.page(found.arriving(signing.giveProof)))
		mux.Handle("GET "+passwordPath, p.page(found.signedIn(signing.askForChange)))
		mux.Handle("POST "+passwordPath, p.page(found.signedIn(signing.changePassword)))
	}
	page := &settings{site: p.site, sessions: found, holders: holders}
	own := held{holders, page, o.ReferralURL, newTrying(o.Checker)}
	page.sections = sectionsOf(signing, own)
	mux.Handle("GET "+confirmAddressPath, p.page(own.askToProve))
	page.handle(mux, p)
}
