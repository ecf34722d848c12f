package main

import (
	"cmp"
	"net/http"
	"net/url"
	"strings"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/spf13/pflag"
	ctrl "sigs.k8s.io/controller-runtime"

	"github.com/account-operator/account-operator/internal/accountapi"
	"github.com/account-operator/account-operator/internal/brand"
	"github.com/account-operator/account-operator/internal/loopback"
)

// apiConfig is where programs of account holders find the account API.
type apiConfig struct {
	api                      bool
	apiURL, apiAddress       string
	keyInQuery, showManagers bool
	apiRate                  int
}

func (c *apiConfig) apiFlags(f *pflag.FlagSet) {
	f.BoolVar(&c.api, "account-api", false, "serve the account API, by which programs of account holders do what the page of settings does")
	f.StringVar(&c.apiURL, "account-api-url", "", "where those programs reach the account API, such as https://accounts.example.com; left out, at --portal-url")
	f.StringVar(&c.apiAddress, "account-api-bind-address", "", "where the account API is served, such as :8085; left out, beside the pages, below /api/")
	f.IntVar(&c.apiRate, "account-api-rate", 20, "requests a second that one API key has")
	f.BoolVar(&c.keyInQuery, "api-key-in-query", false, "take API keys as ?api_key=, too, which then stand in the logs of proxies")
	f.BoolVar(&c.showManagers, "show-managers", false, "have the account API name the object that manages what a holder wants to change; left out, it is \"your platform team\"")
}

// besides adds the account API to what is served: at an address of its own, or below the pages' host.
func (c *portalConfig) besides(served []listener, backing accountapi.Store, shown brand.Brand, metrics prometheus.Registerer) ([]listener, error) {
	pages, err := c.pages()
	if err != nil {
		return nil, err
	}
	at, err := c.apiAt(pages)
	if err != nil {
		return nil, err
	}
	o := accountapi.Options{
		Store: backing, Issuer: cmp.Or(shown.Name, at.Hostname()), KeyInQuery: c.keyInQuery, ShowManagers: c.showManagers, Rate: c.apiRate,
		Log: ctrl.Log.WithName("account-api"), Report: accountapi.CountAnswers(metrics),
	}
	if o.TrustedProxies, err = c.proxies(); err != nil {
		return nil, err
	}
	if pages != nil && c.signIn {
		o.Settings = pages.JoinPath("settings")
	}
	path := strings.TrimSuffix(at.Path, "/")
	api := http.StripPrefix(path, accountapi.New(o))
	switch {
	case c.apiAddress != "":
		return append(served, listener{"account-api-bind-address", c.apiAddress, api}), nil
	case len(served) == 0:
		return nil, usagef("--account-api is served beside the pages, and they are not served here: give --account-api-bind-address")
	}
	served[0].handler = below(path+accountapi.Prefix, api, served[0].handler)
	return served, nil
}

// apiAt is where programs reach the API.
func (c *apiConfig) apiAt(pages *url.URL) (*url.URL, error) {
	at, err := webAddress("account-api-url", c.apiURL)
	if err != nil {
		return nil, err
	}
	if at = cmp.Or(at, pages); at == nil {
		return nil, usagef("--account-api needs the address that programs reach it at: give --account-api-url, or --portal-url")
	}
	if at.Scheme != "https" && !loopback.Is(at.Hostname()) {
		return nil, usagef("--account-api-url must be https, since API keys are secret; http is for a loopback address only")
	}
	return at, nil
}

// below has one handler answer for all paths that begin so, and another for the rest.
func below(prefix string, these, others http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.HasPrefix(r.URL.Path, prefix) {
			these.ServeHTTP(w, r)
			return
		}
		others.ServeHTTP(w, r)
	})
}
