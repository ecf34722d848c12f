package main

import (
	"context"
	"errors"
	"net/http"
	"sync/atomic"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"
	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
	"golang.org/x/sync/errgroup"
	ctrl "sigs.k8s.io/controller-runtime"
	"sigs.k8s.io/controller-runtime/pkg/healthz"
	"sigs.k8s.io/controller-runtime/pkg/log/zap"

	"github.com/account-operator/account-operator/internal/logs"
	"github.com/account-operator/account-operator/internal/seal"
	"github.com/account-operator/account-operator/internal/store"
	"github.com/account-operator/account-operator/internal/store/sqlstore"
)

// pagesAlone is what a program takes that serves account holders' pages and nothing else.
type pagesAlone struct {
	storeConfig
	portalConfig
	brandConfig
	probeConfig
	watchConfig

	rate     int
	patience time.Duration
	zap      zap.Options
}

func (p *pagesAlone) flags(f *pflag.FlagSet) {
	p.portalFlags(f)
	p.referralFlag(f)
	p.brandFlags(f)
	p.probeFlags(f)
	p.watchFlags(f, ":8080")
	rateFlag(f, &p.rate)
	f.DurationVar(&p.patience, "wait-for-store", 5*time.Minute, "how long to wait for the leader to bring the store's schema up to date, and for the rights on it")
	logFlags(f, &p.zap)
}

// serveCommand serves the pages alone.
func serveCommand(c *config) *cobra.Command {
	p := pagesAlone{}
	cmd := &cobra.Command{
		Use: "serve", Short: "Serve account holders' pages, and nothing else", Args: cobra.NoArgs,
		Long: "serve serves the pages that the manager serves with --portal-url, without any right in a cluster, in as many processes as are wanted. It needs a\n" +
			"PostgreSQL store, a user there with the role of the pages alone (manager store roles), and the public half of the keyset (manager keys public):\n" +
			"it opens nothing that accounts hold.",
		RunE: func(cmd *cobra.Command, _ []string) error {
			keepSmall()
			ctrl.SetLogger(logs.Bounded(zap.New(zap.UseFlagOptions(&p.zap))))
			p.storeConfig = c.storeConfig
			return p.run(cmd.Context())
		},
	}
	p.flags(cmd.Flags())
	return cmd
}

// run serves until ctx ends. Whoever watches sees it at once; it is ready as soon as the store is.
func (p *pagesAlone) run(ctx context.Context) error {
	if err := errors.Join(checkRate(p.rate), p.checkProbes()); err != nil {
		return err
	}
	if p.pagesURL == "" {
		return usagef("without --portal-url there are no pages to serve; give the address that account holders reach them at")
	}
	if err := p.checkSignIn(); err != nil {
		return err
	}
	if (p.signIn || p.api) && p.factorKeyset == "" {
		return usagef("with --portal-sign-in or --account-api codes are checked, by seeds that have to be opened: give a keyset for those alone by --factor-keyset-file, here and to the managers")
	}
	metrics := prometheus.NewRegistry()
	metrics.MustRegister(collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	ready := &atomic.Bool{}
	working, ctx := errgroup.WithContext(ctx)
	for _, w := range []struct {
		flag, address string
		seen          http.Handler
	}{
		{"health-probe-bind-address", p.healthAddress, health(ready)},
		{"metrics-bind-address", p.metricsAddress, promhttp.HandlerFor(metrics, promhttp.HandlerOpts{})},
	} {
		server, err := watched(ctx, w.flag, w.address, w.seen)
		if err != nil {
			return err
		}
		if server != nil {
			working.Go(func() error { return server.Start(ctx) })
		}
	}
	working.Go(func() error { return p.serve(ctx, metrics, ready) })
	return working.Wait()
}

// health answers who asks whether the process lives, and whether it serves.
func health(ready *atomic.Bool) http.Handler {
	mux := http.NewServeMux()
	for path, check := range map[string]healthz.Checker{
		"/healthz": healthz.Ping,
		"/readyz": func(*http.Request) error {
			if !ready.Load() {
				return errors.New("the pages are not served yet, or not any more")
			}
			return nil
		},
	} {
		mux.Handle(path, http.StripPrefix(path, &healthz.Handler{Checks: map[string]healthz.Checker{"pages": check}}))
	}
	return mux
}

func (p *pagesAlone) serve(ctx context.Context, metrics prometheus.Registerer, ready *atomic.Bool) error {
	backing, err := p.awaitStore(ctx)
	if err != nil {
		if ctx.Err() != nil {
			return nil // it was asked to stop
		}
		return err
	}
	defer func() { _ = backing.Close() }()
	shown, err := p.brand()
	if err != nil {
		return err
	}
	p.mails = true // by the managers
	servers, err := p.listen(ctx, backing, shown, metrics, &p.probeConfig)
	if err != nil {
		return err
	}
	ready.Store(true)
	defer context.AfterFunc(ctx, func() { ready.Store(false) })()
	working, ctx := errgroup.WithContext(ctx)
	for _, server := range servers {
		ctrl.Log.Info("serving pages", "version", version, "address", server.Addr().String())
		working.Go(func() error { return server.Start(ctx) })
	}
	return working.Wait()
}

// storeAgain is how often a store is looked at that is not as it has to be.
const storeAgain = time.Second

// awaitStore opens it, once whoever leads has brought it up to date.
func (p *pagesAlone) awaitStore(ctx context.Context) (*sqlstore.Store, error) {
	sealer, err := p.publicHalf()
	if err != nil {
		return nil, err
	}
	address, err := p.storeAddress()
	if err != nil {
		return nil, err
	}
	o := sqlstore.Options{Sealer: sealer, InsecureNoTLS: p.insecureNoTLS, MailRate: p.rate, WithoutPasswords: p.withoutPasswords(), WithoutSignInMails: !p.mailed}
	if o.FactorSealer, err = p.factorSealer(); err != nil {
		return nil, err
	}
	until, said := time.Now().Add(p.patience), ""
	for {
		backing, err := sqlstore.OpenPages(ctx, address, o)
		if !passes(err) || time.Now().After(until) {
			return backing, unreachable(err)
		}
		if said != err.Error() {
			said = err.Error()
			ctrl.Log.Info("waiting for the store", "why", said)
		}
		select {
		case <-ctx.Done():
			return nil, ctx.Err()
		case <-time.After(storeAgain):
		}
	}
}

// passes reports whether another program may be about to put right what is wrong with the store.
func passes(err error) bool {
	refused := (*store.StartupError)(nil)
	return errors.As(err, &refused) && refused.Passes
}

// publicHalf seals what holders enter, and opens nothing.
func (p *pagesAlone) publicHalf() (*seal.Sealer, error) {
	switch {
	case p.keysetFile != "" && p.insecureNoSeal:
		return nil, errSealedTwice()
	case p.insecureNoSeal:
		return seal.Unsealed(), nil
	case p.keysetFile == "":
		return nil, usagef("the pages seal what is entered there, which takes the public half of the keyset: print it by 'manager keys public FILE' " +
			"and name it by --seal-keyset-file")
	}
	sealer, err := seal.LoadPublicFile(p.keysetFile)
	if err != nil {
		return nil, usagef("--seal-keyset-file: %v", err)
	}
	return sealer, nil
}
