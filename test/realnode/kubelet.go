package realnode

import (
	"context"
	"fmt"
	"os"
	"time"

	coordinationv1 "k8s.io/api/coordination/v1"
	corev1 "k8s.io/api/core/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"
)

// kubeletConfig takes the name of the control groups. In the sandbox nobody else reaches the kubelet, so it asks nobody who they are;
// with what rights it asks the API server, there NodeRestriction sees to. A machine whose disk is nearly full may run tests all the
// same, and that it swaps is its own affair.
const kubeletConfig = `apiVersion: kubelet.config.k8s.io/v1beta1
kind: KubeletConfiguration
address: ` + Address + `
authentication: {anonymous: {enabled: true}, webhook: {enabled: false}}
authorization: {mode: AlwaysAllow}
containerRuntimeEndpoint: unix://` + containerdSocket + `
cgroupDriver: cgroupfs
cgroupRoot: /%s
enforceNodeAllocatable: [none]
failCgroupV1: false
failSwapOn: false
resolvConf: ""
evictionHard: {memory.available: 0%%, nodefs.available: 0%%, nodefs.inodesFree: 0%%, imagefs.available: 0%%, imagefs.inodesFree: 0%%}
imageGCHighThresholdPercent: 100
`

// startKubelet returns when the node says that it is ready.
func (n *Node) startKubelet(ctx context.Context) error {
	config := n.file("kubelet.yaml")
	if err := os.WriteFile(config, fmt.Appendf(nil, kubeletConfig, n.cgroups), 0o644); err != nil {
		return err
	}
	access, err := n.access("kubelet", "system:node:"+Name, "system:nodes")
	if err != nil {
		return err
	}
	begun := time.Now()
	if n.kubelet, err = n.run("kubelet", "--config="+config, "--kubeconfig="+access, "--hostname-override="+Name, "--node-ip="+Address); err != nil {
		return err
	}
	return n.kubelet.Await(ctx, func(ctx context.Context) error { return n.readySince(ctx, begun) })
}

// readySince fails until the node says that it is ready, and showed after a time that it lives. What it says, it says again only when
// that changes; its lease it renews every few seconds.
func (n *Node) readySince(ctx context.Context, begun time.Time) error {
	lease := &coordinationv1.Lease{}
	if err := n.API.Get(ctx, client.ObjectKey{Namespace: corev1.NamespaceNodeLease, Name: Name}, lease); err != nil {
		return err
	}
	if lease.Spec.RenewTime == nil || lease.Spec.RenewTime.Time.Before(begun) {
		return fmt.Errorf("the node has not renewed its lease since %s", begun)
	}
	node := &corev1.Node{}
	if err := n.API.Get(ctx, client.ObjectKey{Name: Name}, node); err != nil {
		return err
	}
	for _, c := range node.Status.Conditions {
		if c.Type == corev1.NodeReady && c.Status != corev1.ConditionTrue {
			return fmt.Errorf("the node is not ready: %s", c.Message)
		}
	}
	return nil
}
