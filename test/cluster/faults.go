package cluster

import (
	"context"
	"errors"
	"fmt"
	"os"
	"syscall"
)

// KillAPIServer ends the API server without warning. Until StartAPIServer, its
// port refuses connections.
func (c *Cluster) KillAPIServer() {
	c.wake()
	c.apiServer.Kill()
}

// RestartAPIServer kills the API server and starts it again.
func (c *Cluster) RestartAPIServer(ctx context.Context) error {
	c.KillAPIServer()
	return c.StartAPIServer(ctx)
}

// FreezeAPIServer makes the API server accept connections and answer nobody,
// until ThawAPIServer lets it go on where it was.
func (c *Cluster) FreezeAPIServer() error {
	c.wake()
	return c.apiServer.Signal(syscall.SIGSTOP)
}

// ThawAPIServer ends FreezeAPIServer.
func (c *Cluster) ThawAPIServer() error {
	c.wake()
	return c.apiServer.Signal(syscall.SIGCONT)
}

// SaveState copies all that etcd holds into a new folder, for RestoreState. The
// cluster is down meanwhile.
func (c *Cluster) SaveState(ctx context.Context, folder string) error {
	if err := c.halt(); err != nil {
		return err
	}
	if err := os.CopyFS(folder, os.DirFS(c.folder.File(etcdData))); err != nil {
		return errors.Join(fmt.Errorf("copying the state: %w", err), c.restart(ctx))
	}
	return c.restart(ctx)
}

// RestoreState puts the cluster back to what SaveState copied: later changes are
// undone, and the revisions they had are given out again.
func (c *Cluster) RestoreState(ctx context.Context, folder string) error {
	if err := c.halt(); err != nil {
		return err
	}
	data := c.folder.File(etcdData)
	if err := os.RemoveAll(data); err != nil {
		return err
	}
	if err := os.CopyFS(data, os.DirFS(folder)); err != nil {
		return fmt.Errorf("copying the state back: %w", err)
	}
	return c.restart(ctx)
}

// halt ends all processes at once, but lets etcd write down what it holds. An API server that is asked to end would wait for
// the watches of its clients.
func (c *Cluster) halt() error {
	c.wake()
	c.controllers.Kill()
	c.apiServer.Kill()
	return stop(c.etcd)
}

// restart starts what halt ended.
func (c *Cluster) restart(ctx context.Context) error {
	if err := c.startEtcd(ctx); err != nil {
		return err
	}
	if err := c.StartAPIServer(ctx); err != nil {
		return err
	}
	return c.startControllers(ctx)
}
