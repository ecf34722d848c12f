// Package portal serves the pages that links in mails lead to: confirm an address, choose a password, ask for a new link.
// They are plain HTML, without a script or a cookie: what a visitor may do hangs on the token that he brings.
package portal

import (
	"errors"
	"net/http"
	"net/netip"
	"net/url"
	"strings"
	"time"

	"github.com/go-logr/logr"
	"golang.org/x/time/rate"

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

// How many lines of the log requests can cause: some at once, then one every now and then. A store that is away fails each of them.
const (
	lineBurst = 10
	lineEvery = 10 * time.Second
)

type portal struct {
	links   store.Links
	log     logr.Logger
	lines   *rate.Limiter // of the log, for what strangers can cause again and again
	hasher  *password.Hasher
	trusted []netip.Prefix
	peers   *peers // how often they ask for a link
	pace    *peers // how often they open a page
	shares  *shares
	site    site
}

// New returns the pages. They answer for URL's host only, below its path.
func New(o Options) (http.Handler, error) {
	if err := checkURL(o.URL); err != nil {
		return nil, err
	}
	base := strings.TrimSuffix(o.URL.Path, "/")
	p := &portal{
		links: inTurns(o.Links), log: o.Log, lines: rate.NewLimiter(rate.Every(lineEvery), lineBurst),
		hasher: password.NewHasher(), trusted: o.TrustedProxies, peers: newPeers(peerBurst, peerEvery), pace: newPeers(pageBurst, pageEvery), shares: newShares(),
		site: newSite(o.URL.Hostname(), base, o.Brand),
	}
	guarded := guard{scheme: o.URL.Scheme, host: canonicalHost(o.URL.Scheme, o.URL.Host), refuse: p.write}
	return guarded.around(http.StripPrefix(base, p.routes())), nil
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

func (p *portal) routes() *http.ServeMux {
	mux := http.NewServeMux()
	mux.Handle("GET /verify", p.page(p.askToConfirm))
	mux.Handle("POST /verify", p.page(p.confirm))
	mux.Handle("GET /password", p.page(p.askForPassword))
	mux.Handle("POST /password", p.page(p.choosePassword))
	mux.Handle("GET /{$}", p.page(p.begin))
	mux.Handle("GET /expired", p.page(p.askForAddress))
	mux.Handle("POST /link", p.page(p.requestLink))
	for _, a := range []asset{stylesheet, p.site.mark.asset} {
		mux.Handle("GET "+a.path, a)
	}
	mux.Handle("/", p.page(nothingHere))
	return mux
}
