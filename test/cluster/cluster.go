// Package cluster runs a Kubernetes control plane on this machine: etcd,
// kube-apiserver and kube-controller-manager, as built by hack/controlplane.
// Tests, demo and benchmarks share it.
//
// It listens on one loopback port (the API server's); etcd is reached through a
// socket in the cluster's folder. Of the controller manager's loops those run on
// which an operator leans: garbage collection, namespace deletion, service
// accounts and the cluster's root certificate. There is no scheduler and no
// node: Pods are stored, never run (test/realnode brings both).
//
// The methods of a Cluster are for one goroutine at a time; the clients made
// from it are not bound by that.
package cluster

import (
	"context"
	"errors"
	"fmt"
	"net"
	"sync"
	"time"

	"k8s.io/client-go/rest"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/account-operator/account-operator/test/cluster/process"
)

// Options says what cluster to start. The zero value is a fresh one for a test.
type Options struct {
	// CRDs are files or folders with definitions to install before the
	// controllers start. A path that is not absolute begins at the root of the
	// module.
	CRDs []string
	// Audit makes the API server write down every request: see Cluster.Audit.
	Audit bool
	// Dir keeps data, logs and the admin's kubeconfig. A later Start with the
	// same Dir continues with the same data. Empty: a temporary folder, removed
	// by Stop.
	Dir string
	// Port of the API server; 0: any free one.
	Port int
	// Durable lets etcd write its log to the disk before it answers, as it does
	// in production. Tests do without; benchmarks should not.
	Durable bool
	// APIServerFlags are added to those of the API server, as in
	// "--feature-gates=...".
	APIServerFlags []string
	// Addresses at which the API server is reached as well, which its certificate
	// names. To listen there is for APIServerFlags.
	Addresses []net.IP
	// Controllers are loops of the controller manager that run beside those that
	// an operator leans on, as in "deployment-controller".
	Controllers []string
}

// Cluster is a running control plane.
type Cluster struct {
	// Audit reads what the API server was asked. Nil without Options.Audit.
	Audit *Audit

	options  Options
	binaries binaries
	folder   *process.Folder
	port     *port
	identity identity
	group    *process.Group
	asleep   bool // until wake
	awake    sync.Once

	etcd, apiServer, controllers *process.Process
}

// Deadlines for one process to become ready and to end. They are far above what
// is needed, so that a busy machine does not fail a test.
const (
	startLimit = 90 * time.Second
	stopLimit  = 20 * time.Second
)

// Start starts a cluster and returns when it serves requests and its controllers
// work. It must be stopped; should this program die before, it ends too.
func Start(ctx context.Context, o Options) (*Cluster, error) {
	c, err := prepared(o)
	if err != nil {
		return nil, err
	}
	if err := c.start(ctx); err != nil {
		return nil, errors.Join(fmt.Errorf("starting the control plane: %w", err), c.Stop())
	}
	return c, nil
}

// prepare takes everything that the processes need.
func (c *Cluster) prepare() (err error) {
	if c.options.Dir == "" {
		c.folder, err = process.TemporaryFolder("account-operator-cluster")
	} else {
		c.folder, err = process.OpenFolder(c.options.Dir)
	}
	if err != nil {
		return err
	}
	if c.port, err = reservePort(c.options.Port); err != nil {
		return err
	}
	if c.identity, err = loadIdentity(c.folder, c.options.Addresses); err != nil {
		return err
	}
	if c.options.Audit {
		if c.Audit, err = newAudit(c.folder); err != nil {
			return err
		}
	}
	if err := WriteKubeconfig(c.kubeconfig(), c.admin()); err != nil {
		return err
	}
	if err := WriteKubeconfig(c.controllersKubeconfig(), c.configFor(c.identity.controllersToken)); err != nil {
		return err
	}
	c.group, err = process.NewGroup()
	return err
}

func (c *Cluster) start(ctx context.Context) error {
	if err := c.startEtcd(ctx); err != nil {
		return err
	}
	if err := c.StartAPIServer(ctx); err != nil {
		return err
	}
	if err := c.installCRDs(); err != nil {
		return err
	}
	return c.startControllers(ctx)
}

// Stop ends the cluster and, if its folder is temporary, removes it.
func (c *Cluster) Stop() error {
	var errs []error
	if c.folder != nil && !c.folder.Temporary() {
		errs = append(errs, c.stopAll())
	}
	if c.group != nil {
		errs = append(errs, c.group.Close())
	}
	if c.port != nil {
		errs = append(errs, c.port.release())
	}
	if c.folder != nil {
		errs = append(errs, c.folder.Close())
	}
	return errors.Join(errs...)
}

// stopAll ends the processes in order, so that what they hold is written down.
func (c *Cluster) stopAll() error {
	return errors.Join(stop(c.controllers), stop(c.apiServer), stop(c.etcd))
}

func stop(p *process.Process) error {
	if p == nil {
		return nil
	}
	return p.Stop(stopLimit)
}

// Config is the administrator's access: the user "admin" of system:masters. It
// limits no client in what it sends.
func (c *Cluster) Config() *rest.Config {
	c.wake()
	return c.admin()
}

func (c *Cluster) admin() *rest.Config { return c.configFor(c.identity.adminToken) }

// Client returns a client with the administrator's access for the kinds of
// client-go's scheme.
func (c *Cluster) Client() (client.Client, error) { return client.New(c.Config(), client.Options{}) }

// Dir is the folder with the cluster's files; logs have names ending in .log.
func (c *Cluster) Dir() string { return c.folder.Path }

// Kubeconfig is the path of a kubeconfig file with the administrator's access.
func (c *Cluster) Kubeconfig() string {
	c.wake()
	return c.kubeconfig()
}

func (c *Cluster) kubeconfig() string { return c.folder.File("kubeconfig") }

// Kubectl is the path of a kubectl of the cluster's version.
func (c *Cluster) Kubectl() string { return c.binaries.path("kubectl") }
