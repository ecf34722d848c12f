package main

import (
	"context"
	"crypto/tls"
	"fmt"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"
	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
	"golang.org/x/sync/errgroup"
	ctrl "sigs.k8s.io/controller-runtime"
	"sigs.k8s.io/controller-runtime/pkg/certwatcher"
	"sigs.k8s.io/controller-runtime/pkg/log/zap"
	ctrlmetrics "sigs.k8s.io/controller-runtime/pkg/metrics"

	"github.com/account-operator/account-operator/internal/logs"
	"github.com/account-operator/account-operator/internal/reader"
	"github.com/account-operator/account-operator/internal/store/sqlstore"
)

// readerConfig is where what accounts hold is served to the cloud's services, and how they prove themselves.
type readerConfig struct {
	readerAddress             string
	certFile, keyFile         string
	clientCAFile              string
	grantsFile                string
	issuer, audience, jwksOf  string
	readerRate, readerMaxConn int
}

func (c *readerConfig) readerFlags(f *pflag.FlagSet, address string) {
	f.StringVar(&c.readerAddress, "reader-bind-address", address, "where readers are served, such as :8083; left out, nowhere. Without TLS, a loopback address")
	f.StringVar(&c.certFile, "reader-tls-cert-file", "", "certificate by which readers know the server; taken up again when it changes")
	f.StringVar(&c.keyFile, "reader-tls-key-file", "", "private key of that certificate")
	f.StringVar(&c.clientCAFile, "reader-client-ca-file", "", "CA of the certificates that readers may show; who shows one needs a name in --reader-grants-file besides. Taken up again when it changes")
	f.StringVar(&c.grantsFile, "reader-grants-file", "", "rights of ServiceAccounts and of certificates, as YAML; taken up again when it changes")
	f.StringVar(&c.issuer, "reader-token-issuer", "", "issuer of the ServiceAccounts' tokens, such as https://kubernetes.default.svc.cluster.local")
	f.StringVar(&c.audience, "reader-token-audience", "account-operator-reader", "audience that those tokens are projected for")
	f.StringVar(&c.jwksOf, "reader-token-keys", "", "the issuer's published keys (JWKS): a file, or an https URL")
	f.IntVar(&c.readerRate, "reader-rate", 1000, "requests a second that one reader has")
	f.IntVar(&c.readerMaxConn, "reader-max-connections", 8, "connections to a PostgreSQL store that readers share")
}

// readers makes the server. What it shares with managers is only backing: what is read has connections of its own.
func (c *config) readers(ctx context.Context, values *sqlstore.Reader, backing *sqlstore.Store, metrics prometheus.Registerer) (*reader.Server, *certwatcher.CertWatcher, error) {
	log := ctrl.Log.WithName("reader")
	o := reader.Options{Values: values, Readers: backing, Rate: c.readerRate, Log: log, Metrics: reader.NewMetrics(metrics)}
	var err error
	if c.grantsFile != "" {
		if o.Grants, err = reader.LoadGrants(c.grantsFile, log); err != nil {
			return nil, nil, usagef("--reader-grants-file: %v", err)
		}
	}
	if c.issuer != "" || c.jwksOf != "" {
		if o.Identities, err = reader.LoadIdentities(ctx, c.issuer, c.audience, c.jwksOf); err != nil {
			return nil, nil, usagef("--reader-token-issuer, --reader-token-audience and --reader-token-keys: %v", err)
		}
	}
	if c.clientCAFile != "" {
		if o.ClientCAs, err = reader.LoadClientCAs(c.clientCAFile, log); err != nil {
			return nil, nil, usagef("--reader-client-ca-file: %v", err)
		}
	}
	secure, watcher, err := c.secureReaders(o.ClientCAs)
	if err != nil {
		return nil, nil, err
	}
	server, err := reader.Listen(ctx, c.readerAddress, secure, reader.New(o), log)
	if err != nil {
		return nil, nil, usagef("--reader-bind-address: %v", err)
	}
	return server, watcher, nil
}

// secureReaders is nil without a certificate.
func (c *config) secureReaders(clients *reader.ClientCAs) (*tls.Config, *certwatcher.CertWatcher, error) {
	if c.certFile == "" && c.keyFile == "" {
		if clients != nil {
			return nil, nil, usagef("clients show certificates only to a server that has one: give --reader-tls-cert-file and --reader-tls-key-file")
		}
		return nil, nil, nil
	}
	watcher, err := certwatcher.New(c.certFile, c.keyFile)
	if err != nil {
		return nil, nil, usagef("--reader-tls-cert-file and --reader-tls-key-file: %v", err)
	}
	secure := &tls.Config{GetCertificate: watcher.GetCertificate, MinVersion: tls.VersionTLS12}
	clients.Ask(secure)
	return secure, watcher, nil
}

// serveReaders adds them to the manager. Every replica serves them, leader or not, once the leader has brought the schema up to date.
func (c *config) serveReaders(ctx context.Context, mgr ctrl.Manager, backing *sqlstore.Store) error {
	if c.readerAddress == "" {
		return nil
	}
	values, err := c.openReader(ctx)
	if err != nil {
		return err
	}
	context.AfterFunc(ctx, func() { _ = values.Close() })
	server, watcher, err := c.readers(ctx, values, backing, ctrlmetrics.Registry)
	if err != nil {
		return err
	}
	if watcher != nil {
		if err := mgr.Add(watcher); err != nil {
			return fmt.Errorf("add the readers' certificate: %w", err)
		}
	}
	if err := mgr.Add(server); err != nil {
		return fmt.Errorf("add the readers: %w", err)
	}
	return nil
}

// readCommand serves readers alone.
func readCommand(c *config) *cobra.Command {
	var z zap.Options
	var own readerConfig // its flags have other defaults
	var metricsAddress string
	cmd := &cobra.Command{
		Use: "read", Short: "Serve what accounts hold to the cloud's services, and nothing else", Args: cobra.NoArgs,
		Long: "read serves the reader API, as the manager does with --reader-bind-address, without any right in a cluster. On PostgreSQL the\n" +
			"role of readers is enough (manager store roles). Beside a manager on the same SQLite file it works, too.",
		RunE: func(cmd *cobra.Command, _ []string) error {
			ctrl.SetLogger(logs.Bounded(zap.New(zap.UseFlagOptions(&z))))
			c.readerConfig = own
			return c.readAlone(cmd.Context(), metricsAddress)
		},
	}
	own.readerFlags(cmd.Flags(), "127.0.0.1:8083")
	cmd.Flags().StringVar(&metricsAddress, "metrics-bind-address", "0", "where metrics are served, over HTTP to whoever reaches it, such as :8443; 0, nowhere")
	return cmd
}

// sayLacking logs what readers will be refused. It is no reason not to serve the rest: between a migration and 'manager store roles' nobody would
// have anything.
func sayLacking(ctx context.Context, values *sqlstore.Reader) error {
	lacks, err := values.Lacks(ctx)
	if len(lacks) > 0 {
		ctrl.Log.Error(nil, "the database user lacks rights that readers need: run 'manager store roles' of this version again, as the owner of the tables", "rights", lacks)
	}
	return err
}

// readAlone may start before the schema is up to date, as in a cluster where everything is installed at once.
func (c *config) readAlone(ctx context.Context, metricsAddress string) error {
	keepWithin()
	if err := c.awaitKeyset(ctx, c.readersHealth); err != nil || ctx.Err() != nil {
		return err
	}
	backing, err := c.open(ctx, sqlstore.Options{WithoutLock: true, WithoutFactors: true, MaxConnections: 2})
	if err != nil {
		return err
	}
	defer func() { _ = backing.Close() }()
	values, err := c.openReader(ctx)
	if err != nil {
		return err
	}
	defer func() { _ = values.Close() }()
	if err := sayLacking(ctx, values); err != nil {
		return err
	}
	metrics := prometheus.NewRegistry()
	metrics.MustRegister(collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	server, watcher, err := c.readers(ctx, values, backing, metrics)
	if err != nil {
		return err
	}
	seen, err := watched(ctx, "metrics-bind-address", metricsAddress, promhttp.HandlerFor(metrics, promhttp.HandlerOpts{}))
	if err != nil {
		return err
	}
	working, ctx := errgroup.WithContext(ctx)
	if seen != nil {
		working.Go(func() error { return seen.Start(ctx) })
	}
	if watcher != nil {
		working.Go(func() error { return watcher.Start(ctx) })
	}
	ctrl.Log.Info("serving readers", "version", version, "driver", backing.Capabilities().Driver, "address", server.Addr().String())
	working.Go(func() error { return server.Start(ctx) })
	return working.Wait()
}
