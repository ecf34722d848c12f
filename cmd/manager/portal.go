package main

import (
	"context"
	"fmt"
	"net/http"
	"net/netip"
	"net/url"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/spf13/pflag"
	ctrl "sigs.k8s.io/controller-runtime"

	"github.com/account-operator/account-operator/internal/brand"
	"github.com/account-operator/account-operator/internal/controller/telemetry"
	"github.com/account-operator/account-operator/internal/portal"
	"github.com/account-operator/account-operator/internal/store"
)

// portalConfig is where account holders find the pages that links in mails lead to, and what referral codes are added to.
type portalConfig struct {
	pagesURL, pagesAddress string
	trustedProxies         []string
	asksProviders          bool
	mails                  bool // they go out, from here or from the managers beside
	referralURL            string
	apiConfig
	signInConfig
}

func (c *portalConfig) portalFlags(f *pflag.FlagSet) {
	f.StringVar(&c.pagesURL, "portal-url", "",
		"where account holders reach the pages that links in mails lead to, such as https://accounts.example.com; left out, there are none")
	f.StringVar(&c.pagesAddress, "portal-bind-address", ":8082", "where the pages are served, with --portal-url; 0, by others (manager serve)")
	f.StringSliceVar(&c.trustedProxies, "portal-trusted-proxies", nil, "ranges of proxies whose X-Forwarded-For is believed, such as 10.20.0.0/16")
	c.signInFlags(f)
	f.BoolVar(&c.asksProviders, "portal-ask-providers", true,
		"with --portal-sign-in, have the page ask providers whether they take the connection that a holder enters; it goes where the operator's own verification may")
	c.apiFlags(f)
}

func (c *portalConfig) referralFlag(f *pflag.FlagSet) {
	f.StringVar(&c.referralURL, "referral-url", "",
		"page for those who were invited, such as https://console.example.com/; status.referral.link is it with the code as ref_id")
}

// pages is the portal's URL; nil where there is none.
func (c *portalConfig) pages() (*url.URL, error) { return webAddress("portal-url", c.pagesURL) }

func (c *portalConfig) referral() (*url.URL, error) { return webAddress("referral-url", c.referralURL) }

// serve adds the pages and the account API to the manager. They are served by every replica, leader or not.
func (c *portalConfig) serve(ctx context.Context, mgr ctrl.Manager, backing store.Store, shown brand.Brand, metrics prometheus.Registerer, probes *probeConfig) error {
	servers, err := c.listen(ctx, backing, shown, metrics, probes)
	if err != nil {
		return err
	}
	for _, server := range servers {
		if err := mgr.Add(server); err != nil {
			return fmt.Errorf("add the portal: %w", err)
		}
	}
	return nil
}

// listener is what is to be served at the address of a flag.
type listener struct {
	flag, address string
	handler       http.Handler
}

// listen takes the addresses of the pages and of the account API. Serving them is up to the caller.
func (c *portalConfig) listen(ctx context.Context, backing store.Store, shown brand.Brand, metrics prometheus.Registerer, probes *probeConfig) (all []*portal.Server, err error) {
	proxies, err := c.proxies()
	if err != nil {
		return nil, err
	}
	served, err := c.served(backing, shown, metrics, proxies, probes)
	if err != nil {
		return nil, err
	}
	for _, each := range served {
		server, err := portal.Listen(ctx, each.address, each.handler, proxies, ctrl.Log.WithName("portal"))
		if err != nil {
			return nil, usagef("--%s: %v; give it another address, or end the program that listens there", each.flag, err)
		}
		all = append(all, server)
	}
	return all, nil
}

func (c *portalConfig) served(
	backing store.Store, shown brand.Brand, metrics prometheus.Registerer, proxies []netip.Prefix, probes *probeConfig,
) (all []listener, err error) {
	if c.pagesURL != "" && c.pagesAddress != "0" {
		pages, err := c.pageHandler(backing, shown, metrics, proxies, probes)
		if err != nil {
			return nil, err
		}
		all = append(all, listener{"portal-bind-address", c.pagesAddress, pages})
	}
	if c.api {
		return c.besides(all, backing, shown, metrics)
	}
	return all, nil
}

func (c *portalConfig) pageHandler(
	backing store.Store, shown brand.Brand, metrics prometheus.Registerer, proxies []netip.Prefix, probes *probeConfig,
) (http.Handler, error) {
	u, err := c.pages()
	if err != nil {
		return nil, err
	}
	o := portal.Options{
		Links: backing, URL: u, TrustedProxies: proxies, Brand: shown, Mails: c.mails, Log: ctrl.Log.WithName("portal"), Report: telemetry.CountPages(metrics),
	}
	if o.ReferralURL, err = c.referral(); err != nil {
		return nil, err
	}
	if c.signIn {
		o.Holders, o.WithoutPasswords, o.OpenID = backing, c.withoutPasswords(), c.atProvider
	}
	if c.asksProviders {
		if o.Checker, err = probes.checker(); err != nil {
			return nil, err
		}
	}
	pages, err := portal.New(o)
	if err != nil {
		return nil, usagef("--portal-url: %v", err)
	}
	return pages, nil
}

func (c *portalConfig) proxies() ([]netip.Prefix, error) {
	return ranges("portal-trusted-proxies", c.trustedProxies)
}
