package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	clientgoscheme "k8s.io/client-go/kubernetes/scheme"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/account-operator/account-operator/api/v1alpha1"
	"github.com/account-operator/account-operator/test/bench/report"
	"github.com/account-operator/account-operator/test/cluster"
	"github.com/account-operator/account-operator/test/manager"
	"github.com/account-operator/account-operator/test/postgres"
)

const (
	home    = "account-operator-system"
	user    = "system:serviceaccount:" + home + ":account-operator"
	ns      = "bench"
	goodbye = 30 * time.Second
	limit   = 20 * time.Minute // for anything that is waited for, with fifty thousand objects too
)

// site is a fresh control plane and a fresh store, and what works on them.
type site struct {
	bench   *bench
	of      report.Case
	folder  string
	cluster *cluster.Cluster
	server  *postgres.Server // nil on SQLite
	address string           // of the store
	api     client.Client
	running *manager.Manager
	sets    *spectator
	crowded bool // with foreign Secrets
}

// open starts everything but the subject.
func (b *bench) open(ctx context.Context, c report.Case) (s *site, err error) {
	s = &site{bench: b, of: c}
	defer func() {
		if err != nil {
			err = errors.Join(err, s.close())
		}
	}()
	if s.folder, err = os.MkdirTemp(b.folder, "site-"); err != nil {
		return s, err
	}
	if s.cluster, err = cluster.Start(ctx, cluster.Options{Audit: true, Durable: true}); err != nil {
		return s, err
	}
	scheme := runtime.NewScheme()
	_ = clientgoscheme.AddToScheme(scheme) // both only fail for types registered twice
	_ = v1alpha1.AddToScheme(scheme)
	if s.api, err = client.New(s.cluster.Config(), client.Options{Scheme: scheme}); err != nil {
		return s, err
	}
	if err = s.openStore(ctx); err != nil {
		return s, err
	}
	return s, s.install(ctx)
}

func (s *site) openStore(ctx context.Context) (err error) {
	if s.of.Store == report.SQLite {
		s.address = "sqlite://" + filepath.Join(s.folder, "accounts.db")
		return nil
	}
	if s.server, err = postgres.Start(ctx, postgres.Options{Durable: true}); err != nil {
		return err
	}
	s.address = s.server.URL("bench")
	return s.server.CreateDatabase(ctx, "bench")
}

// install installs config/default as users do. What runs has the rights of its
// ServiceAccount.
func (s *site) install(ctx context.Context) error {
	if err := s.kubectl(ctx, "apply", "--server-side", "-k", filepath.Join(s.bench.root, "config", "default")); err != nil {
		return err
	}
	if !s.of.Policy {
		if err := s.kubectl(ctx, "delete", "-k", filepath.Join(s.bench.root, "config", "admission")); err != nil {
			return err
		}
	}
	if err := s.api.Create(ctx, &corev1.Namespace{ObjectMeta: metav1.ObjectMeta{Name: ns}}); err != nil {
		return err
	}
	if err := s.awaitPolicy(ctx); err != nil {
		return err
	}
	if err := s.allowFloor(ctx); err != nil {
		return err
	}
	return s.access(ctx)
}

// allowFloor lets the floor patch status, which the manager updates. It needs no other right that the manager lacks.
func (s *site) allowFloor(ctx context.Context) error {
	if s.of.Subject == report.Manager {
		return nil
	}
	if err := s.kubectl(ctx, "create", "clusterrole", "floor", "--verb=patch", "--resource=envvarsets.account-operator.io/status"); err != nil {
		return err
	}
	return s.kubectl(ctx, "create", "clusterrolebinding", "floor", "--clusterrole=floor", "--serviceaccount="+home+":account-operator")
}

// awaitPolicy waits until it acts, or does not any more, which is a moment after it was changed.
func (s *site) awaitPolicy(ctx context.Context) error {
	return eventually(ctx, func() error {
		probe := own.set(0)
		if err := s.api.Create(ctx, probe, client.DryRunAll); err != nil {
			return err
		}
		if has := len(probe.Finalizers) > 0; has != s.of.Policy {
			return fmt.Errorf("new objects have finalizers: %t", has)
		}
		return nil
	})
}

// access makes the files by which the subject reaches cluster and store.
func (s *site) access(ctx context.Context) error {
	if r, err := s.bench.binaries[report.Manager].Run(ctx, nil, "keys", "init", s.keyset()); err != nil || r.Code != 0 {
		return fmt.Errorf("make a keyset: %w %s", err, r.Stderr)
	}
	return eventually(ctx, func() error {
		access, err := s.cluster.AsServiceAccount(ctx, home, "account-operator")
		if err != nil {
			return err
		}
		return cluster.WriteKubeconfig(s.kubeconfig(), access)
	})
}

func (s *site) keyset() string     { return filepath.Join(s.folder, "keyset.json") }
func (s *site) kubeconfig() string { return filepath.Join(s.folder, "kubeconfig") }

func (s *site) kubectl(ctx context.Context, args ...string) error {
	cmd := exec.CommandContext(ctx, s.cluster.Kubectl(), append([]string{"--kubeconfig=" + s.cluster.Kubeconfig()}, args...)...)
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("kubectl %v: %w\n%s", args, err, out)
	}
	return nil
}

// start starts the subject: the manager with the flags of its Deployment.
func (s *site) start(args ...string) (err error) {
	if s.of.Subject == report.Manager {
		args = append(args, "--leader-elect", "--leader-elect-namespace="+home)
	}
	s.running, err = s.bench.binaries[s.of.Subject].Start(s.bench.group, manager.Options{
		Kubeconfig: s.kubeconfig(), Store: s.address, Keyset: s.keyset(), Log: filepath.Join(s.folder, "log"),
		Metrics: true, Args: args,
	})
	return err
}

func (s *site) stop() error { return s.running.Stop(goodbye) }

func (s *site) close() error {
	var errs []error
	if s.running != nil {
		s.running.Kill()
	}
	if s.server != nil {
		errs = append(errs, s.server.Stop())
	}
	if s.cluster != nil {
		errs = append(errs, s.cluster.Stop())
	}
	return errors.Join(append(errs, os.RemoveAll(s.folder))...)
}

// eventually asks until there is no error any more.
func eventually(ctx context.Context, check func() error) error {
	return every(ctx, 50*time.Millisecond, check)
}

// every asks in intervals until there is no error any more.
func every(ctx context.Context, interval time.Duration, check func() error) error {
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	again := time.NewTicker(interval)
	defer again.Stop()
	for {
		err := check()
		if err == nil {
			return nil
		}
		select {
		case <-ctx.Done():
			return errors.Join(ctx.Err(), err)
		case <-again.C:
		}
	}
}
