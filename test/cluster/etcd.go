package cluster

import (
	"context"
	"fmt"
	"net"
	"net/http"

	"github.com/account-operator/account-operator/test/cluster/process"
)

// Sockets instead of ports: nobody else can reach this etcd, which asks nobody
// who they are. etcd reads such an address as the name of a file in its working
// directory, so the length of the folder's path does not matter.
const (
	etcdSocket = "etcd:1"
	peerSocket = "peer:1"
	etcdData   = "etcd"
)

func (c *Cluster) startEtcd(ctx context.Context) error {
	args := []string{
		"--name=local",
		"--data-dir=" + etcdData,
		"--listen-client-urls=unix://" + etcdSocket,
		"--advertise-client-urls=unix://" + etcdSocket,
		"--listen-peer-urls=unix://" + peerSocket,
		"--initial-advertise-peer-urls=unix://" + peerSocket,
		"--initial-cluster=local=unix://" + peerSocket,
		// Nobody else can lead: there is no vote to wait a second for.
		"--heartbeat-interval=10", "--election-timeout=100",
		"--log-level=warn",
	}
	if !c.options.Durable {
		args = append(args, "--unsafe-no-fsync")
	}
	started, err := c.group.Start(process.Command{
		Path: c.binaries.path("etcd"), Args: args, Dir: c.folder.Path, Log: c.folder.File("etcd.log"),
	})
	if err != nil {
		return err
	}
	c.etcd = started
	ctx, cancel := context.WithTimeout(ctx, startLimit)
	defer cancel()
	return started.Await(ctx, c.etcdHealthy)
}

func (c *Cluster) etcdHealthy(ctx context.Context) error {
	dial := func(ctx context.Context, _, _ string) (net.Conn, error) {
		return new(net.Dialer).DialContext(ctx, "unix", c.folder.File(etcdSocket))
	}
	transport := &http.Transport{DialContext: dial, DisableKeepAlives: true}
	return getOK(ctx, &http.Client{Transport: transport}, "http://etcd/health")
}

// getOK fails unless the server answers 200.
func getOK(ctx context.Context, client *http.Client, url string) error {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return err
	}
	response, err := client.Do(request)
	if err != nil {
		return err
	}
	defer func() { _ = response.Body.Close() }()
	if response.StatusCode != http.StatusOK {
		return fmt.Errorf("%s answers %s", url, response.Status)
	}
	return nil
}
