// Package portal serves the pages that links in mails lead to: confirm an address, choose a password, ask for a new link.
// They are plain HTML, without a script or a cookie: what a visitor may do hangs on the token that he brings.
package portal

import (
	"errors"
	"net/http"
	"net/netip"
	"net/url"
	"strings"

	"github.com/go-logr/logr"

	"github.com/account-operator/account-operator/internal/brand"
	"github.com/account-operator/account-operator/internal/password"
	"github.com/account-operator/account-operator/internal/store"
)

// Options are what New needs.
type Options struct {
	Links store.Links
	// URL is where account holders reach the pages: https, or http on a loopback address.
	URL *url.URL
	// TrustedProxies are the peers whose X-Forwarded-For is believed.
	TrustedProxies []netip.Prefix
	// Brand is whose pages they are; without a name they show the host.
	Brand brand.Brand
	Log   logr.Logger
}

// New returns the pages. They answer for URL's host only, below its path.
func New(o Options) (http.Handler, error) {
	if err := checkURL(o.URL); err != nil {
		return nil, err
	}
	base := strings.TrimSuffix(o.URL.Path, "/")
	p := newPresenter(newSite(o.URL.Hostname(), base, o.Brand), o.TrustedProxies, o.Log)
	guarded := guard{scheme: o.URL.Scheme, host: canonicalHost(o.URL.Scheme, o.URL.Host), refuse: p.write}
	return guarded.around(http.StripPrefix(base, routes(p, inTurns(o.Links)))), nil
}

func checkURL(u *url.URL) error {
	switch {
	case u == nil || u.Host == "" || (u.Scheme != "https" && u.Scheme != "http"):
		return errors.New("the portal's URL must be like https://accounts.example.com")
	case u.Scheme == "http" && !isLoopback(u.Hostname()):
		return errors.New("the portal's URL must be https, since its links are secret; http is for a loopback address only")
	case u.User != nil || u.RawQuery != "" || u.Fragment != "":
		return errors.New("the portal's URL must have no user, query or fragment")
	}
	return nil
}

func isLoopback(host string) bool {
	address, err := netip.ParseAddr(host)
	return host == "localhost" || (err == nil && address.IsLoopback())
}

func routes(p *presenter, links store.Links) *http.ServeMux {
	confirmation := confirmation{links}
	choice := passwordChoice{links, password.NewHasher()}
	requests := linkRequests{links, p.trusted, newPeers(peerBurst, peerEvery), newShares()}
	mux := http.NewServeMux()
	mux.Handle("GET /verify", p.page(confirmation.askToConfirm))
	mux.Handle("POST /verify", p.page(confirmation.confirm))
	mux.Handle("GET /password", p.page(choice.askForPassword))
	mux.Handle("POST /password", p.page(choice.choosePassword))
	mux.Handle("GET /{$}", p.page(begin))
	mux.Handle("GET /expired", p.page(askForAddress))
	mux.Handle("POST /link", p.page(requests.requestLink))
	for _, a := range []asset{stylesheet, p.site.mark.asset} {
		mux.Handle("GET "+a.path, a)
	}
	mux.Handle("/", p.page(nothingHere))
	return mux
}
