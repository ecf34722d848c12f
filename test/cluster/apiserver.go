package cluster

import (
	"context"
	"fmt"
	"strconv"

	"k8s.io/client-go/rest"
	"sigs.k8s.io/controller-runtime/pkg/envtest"

	"github.com/account-operator/account-operator/test/cluster/process"
)

// issuer names who signed a ServiceAccount's token. It does not carry the port,
// so that tokens stay valid when a kept cluster gets another one.
const issuer = "https://kubernetes.default.svc.cluster.local"

// StartAPIServer starts the API server, at the address it had before, and
// returns when it is ready.
func (c *Cluster) StartAPIServer(ctx context.Context) error {
	started, err := c.group.Start(process.Command{
		Path: c.binaries.path("kube-apiserver"),
		Args: c.apiServerArgs(),
		Dir:  c.folder.Path,
		Log:  c.folder.File("kube-apiserver.log"),
	})
	if err != nil {
		return err
	}
	c.apiServer = started
	ctx, cancel := context.WithTimeout(ctx, startLimit)
	defer cancel()
	return started.Await(ctx, c.apiServerReady)
}

func (c *Cluster) apiServerArgs() []string {
	args := []string{
		"--etcd-servers=unix://" + etcdSocket,
		"--bind-address=127.0.0.1",
		"--advertise-address=127.0.0.1",
		"--secure-port=" + strconv.Itoa(c.port.number),
		"--permit-port-sharing",
		// Endpoints may not hold a loopback address, and nobody asks for them.
		"--endpoint-reconciler-type=none",
		"--service-cluster-ip-range=10.0.0.0/24",
		"--tls-cert-file=" + servingCert,
		"--tls-private-key-file=" + servingKey,
		"--token-auth-file=" + tokenFile,
		"--authorization-mode=RBAC",
		"--service-account-issuer=" + issuer,
		"--service-account-key-file=" + accountKey,
		"--service-account-signing-key-file=" + accountKey,
		"--profiling=false",
	}
	if c.Audit != nil {
		args = append(args, c.Audit.flags()...)
	}
	return append(args, c.options.APIServerFlags...)
}

func (c *Cluster) apiServerReady(ctx context.Context) error {
	config := c.admin()
	// A connection of its own each time: none is left behind.
	config.NextProtos = []string{"http/1.1"}
	client, err := rest.HTTPClientFor(config)
	if err != nil {
		return err
	}
	defer client.CloseIdleConnections()
	return getOK(ctx, client, config.Host+"/readyz")
}

// installCRDs comes before the controllers: garbage collection looks for new
// kinds as it starts, and then only every half minute.
func (c *Cluster) installCRDs() error {
	var paths []string
	for _, path := range c.options.CRDs {
		paths = append(paths, c.binaries.inModule(path))
	}
	if len(paths) == 0 {
		return nil
	}
	config := c.admin()
	config.Timeout = startLimit // of each request: it takes no context
	_, err := envtest.InstallCRDs(config, envtest.CRDInstallOptions{Paths: paths, ErrorIfPathMissing: true})
	if err != nil {
		return fmt.Errorf("installing the CRDs in %v: %w", paths, err)
	}
	return nil
}
