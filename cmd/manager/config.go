package main

import (
	"net"
	"os"
	"regexp"
	"strings"
	"time"

	"github.com/spf13/pflag"
	"sigs.k8s.io/controller-runtime/pkg/log/zap"

	"github.com/account-operator/account-operator/internal/kms"
	"github.com/account-operator/account-operator/internal/loopback"
	"github.com/account-operator/account-operator/internal/seal"
)

// config is what the flags say.
type config struct {
	storeConfig
	mailConfig
	portalConfig
	brandConfig
	readerConfig

	kubeconfig      string
	watchNamespaces []string
	class           string
	clusterID       string
	newStore        string
	requireConsent  bool
	lease           leaseConfig

	concurrency      int
	resync           time.Duration
	reconcileTimeout time.Duration
	maxBackoff       time.Duration

	probeConfig
	watchConfig
	metricsSecure bool
	diagnostics   string
	zap           zap.Options
}

type storeConfig struct {
	address        string
	addressFile    string
	keysetFile     string
	kms            kms.Options
	opened         *seal.Sealer // of the keyset, once it was opened
	factorKeyset   string
	insecureNoSeal bool
	insecureNoTLS  bool
	recoveryWindow time.Duration
	auditRetention time.Duration
	readRetention  time.Duration
	keepVerified   bool
}

type leaseConfig struct {
	elect         bool
	id, namespace string
	duration      time.Duration
	renewDeadline time.Duration
	retryPeriod   time.Duration
}

func (c *storeConfig) storeFlags(f *pflag.FlagSet) {
	f.StringVar(&c.address, "store", "sqlite:///var/lib/account-operator/accounts.db",
		"the backing store: sqlite:///path/file.db or postgres://user@host/database")
	f.StringVar(&c.addressFile, "store-file", "", "file that holds the address of the backing store, for one with a password")
	f.StringVar(&c.keysetFile, "seal-keyset-file", "", "keyset for encryption at rest, made by 'manager keys init'")
	c.kmsFlags(f)
	f.StringVar(&c.factorKeyset, "factor-keyset-file", "",
		"keyset for the seeds of second factors, so that who checks codes needs no other; left out, the one of --seal-keyset-file is")
	f.BoolVar(&c.insecureNoSeal, "insecure-no-seal", false, "keep values unencrypted in the store (development only)")
	f.BoolVar(&c.insecureNoTLS, "insecure-no-store-tls", false, "let the connection to a PostgreSQL server on another machine be in clear text")
	f.DurationVar(&c.recoveryWindow, "recovery-window", 7*24*time.Hour, "how long the row of a deleted account keeps its personal data")
	f.DurationVar(&c.auditRetention, "audit-retention", 365*24*time.Hour, "how long the store's audit tells of a write; 0, for ever")
	f.DurationVar(&c.readRetention, "read-audit-retention", 90*24*time.Hour, "how long the store keeps who read of which account, by the hour; 0, for ever")
	f.BoolVar(&c.keepVerified, "keep-verified", false,
		"keep an account verified when its address is changed, though nobody proved the new one: who mistypes it hands the account over")
}

func (c *config) managerFlags(f *pflag.FlagSet) {
	c.clusterFlags(f)
	c.scopeFlags(f)
	f.StringVar(&c.newStore, "new-store", "",
		"ID of the store that is given up for the one of --store; needed once, where the cluster's objects were made in another one")
	f.BoolVar(&c.requireConsent, "require-secret-consent", false,
		"take values only from Secrets labelled account-operator.io/allow-sync=true, for clusters without the admission policy")
	f.IntVar(&c.concurrency, "concurrency", 16, "objects of one kind that are worked on at once; one namespace has three quarters of it at most")
	f.DurationVar(&c.resync, "resync-interval", 10*time.Minute, "how often everything is compared without a cause, jittered")
	f.DurationVar(&c.reconcileTimeout, "reconcile-timeout", 30*time.Second, "how long one pass may take")
	f.DurationVar(&c.maxBackoff, "max-backoff", 30*time.Second, "longest wait before something that failed is tried again")
	c.probeFlags(f)
	c.watchFlags(f, ":8443")
	f.BoolVar(&c.metricsSecure, "metrics-secure", true, "serve metrics over TLS, to those whom the API server lets read them")
	f.StringVar(&c.diagnostics, "diagnostics", "", "loopback address to serve pprof on, such as 127.0.0.1:6060")
	c.mailFlags(f)
	c.portalFlags(f)
	c.referralFlag(f)
	c.brandFlags(f)
	c.readerFlags(f, "")
	c.lease.flags(f)
	logFlags(f, &c.zap)
}

func (c *config) clusterFlags(f *pflag.FlagSet) {
	f.StringVar(&c.kubeconfig, "kubeconfig", "", "kubeconfig file; left out, the Pod's own ServiceAccount")
	f.StringVar(&c.clusterID, "cluster-id", "", "this cluster's identity in the store; left out, the UID of kube-system")
}

func (c *config) scopeFlags(f *pflag.FlagSet) {
	f.StringSliceVar(&c.watchNamespaces, "watch-namespaces", nil, "namespaces to serve; left out, all")
	f.StringVar(&c.class, "class", "", "serve objects of this className; left out, those without one")
}

func (l *leaseConfig) flags(f *pflag.FlagSet) {
	f.BoolVar(&l.elect, "leader-elect", false, "work only while holding a Lease, so that several managers can stand by")
	f.StringVar(&l.id, "leader-elect-id", "account-operator", "name of the Lease; the class is added to it")
	f.StringVar(&l.namespace, "leader-elect-namespace", "", "namespace of the Lease; left out, the Pod's")
	f.DurationVar(&l.duration, "leader-elect-lease-duration", 15*time.Second, "how long a Lease holds that is not renewed")
	f.DurationVar(&l.renewDeadline, "leader-elect-renew-deadline", 10*time.Second, "how long the leader tries to renew before it stops")
	f.DurationVar(&l.retryPeriod, "leader-elect-retry-period", 2*time.Second, "how often the Lease is tried")
}

// leaseName is the Lease's name: one a class, since managers of two classes work side by side.
func (c *config) leaseName() string {
	if c.class == "" {
		return c.lease.id
	}
	return c.lease.id + "-" + c.class
}

// check refuses what the flags' types let through.
func (c *config) check() error {
	if err := c.checkProbes(); err != nil {
		return err
	}
	if c.concurrency < 1 {
		return usagef("--concurrency must be 1 or more: with none, nothing is worked on")
	}
	if err := c.checkMail(); err != nil {
		return err
	}
	if err := c.checkSignIn(); err != nil {
		return err
	}
	if c.diagnostics == "" {
		return nil
	}
	host, _, err := net.SplitHostPort(c.diagnostics)
	if err != nil || !loopback.Is(host) {
		return usagef("--diagnostics asks nobody who he is; give it a loopback address such as 127.0.0.1:6060")
	}
	return nil
}

// withPassword are addresses of a store that have one, malformed ones too.
var withPassword = regexp.MustCompile(`://[^/?#@\[]*:[^@]*@|[?&](ssl)?password=`)

// refusePassword keeps a password out of the list of processes, where every user of the machine reads it.
func refusePassword(flags *pflag.FlagSet) error {
	for _, name := range []string{"store", "to"} {
		if f := flags.Lookup(name); f != nil && f.Changed && withPassword.MatchString(f.Value.String()) {
			return usagef("a password in --%s stands in the list of processes: put the address into a file and name it by --store-file, "+
				"or into the environment variable ACCOUNT_OPERATOR_STORE", name)
		}
	}
	return nil
}

// fromEnvironment sets every flag that was not given from its environment variable.
func fromEnvironment(flags *pflag.FlagSet) error {
	var failed error
	flags.VisitAll(func(f *pflag.Flag) {
		name := "ACCOUNT_OPERATOR_" + strings.ToUpper(strings.ReplaceAll(f.Name, "-", "_"))
		value, set := os.LookupEnv(name)
		if !set || f.Changed || failed != nil {
			return
		}
		if err := flags.Set(f.Name, value); err != nil {
			failed = usagef("the environment variable %s does not hold what --%s takes; mend or unset it, and see manager --help", name, f.Name)
		}
	})
	return failed
}
