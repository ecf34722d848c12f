package cluster

import (
	"context"

	"github.com/account-operator/account-operator/test/cluster/process"
)

// Ended waits until a part of the control plane has ended, and names it; "" where ctx ends first.
func (c *Cluster) Ended(ctx context.Context) string {
	c.wake()
	select {
	case <-c.etcd.Done():
		return "etcd"
	case <-c.apiServer.Done():
		return "kube-apiserver"
	case <-c.controllers.Done():
		return "kube-controller-manager"
	case <-ctx.Done():
		return ""
	}
}

// Lost reports whether a part of the control plane has ended.
func (c *Cluster) Lost() bool {
	c.wake()
	return hasEnded(c.etcd) || hasEnded(c.apiServer) || hasEnded(c.controllers)
}

// Mend starts again what has ended, with the same data. What leans on etcd is started again with it.
func (c *Cluster) Mend(ctx context.Context) error {
	c.wake()
	if hasEnded(c.etcd) {
		c.controllers.Kill()
		c.apiServer.Kill()
		return c.restart(ctx)
	}
	if hasEnded(c.apiServer) {
		if err := c.StartAPIServer(ctx); err != nil {
			return err
		}
	}
	if hasEnded(c.controllers) {
		return c.startControllers(ctx)
	}
	return nil
}

func hasEnded(p *process.Process) bool {
	select {
	case <-p.Done():
		return true
	default:
		return false
	}
}
