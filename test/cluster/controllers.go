package cluster

import (
	"context"
	"fmt"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/account-operator/account-operator/test/cluster/process"
)

var controllers = []string{
	"garbage-collector-controller",
	"namespace-controller",
	"serviceaccount-controller",
	"serviceaccount-token-controller",
	"root-ca-certificate-publisher-controller",
}

// startControllers starts the controller manager and returns when it has given
// the default namespace what it gives to each.
func (c *Cluster) startControllers(ctx context.Context) error {
	started, err := c.group.Start(process.Command{
		Path: c.binaries.path("kube-controller-manager"),
		Args: []string{
			"--kubeconfig=" + c.controllersKubeconfig(),
			"--controllers=" + strings.Join(slices.Concat(controllers, c.options.Controllers), ","),
			"--leader-elect=false",
			"--bind-address=127.0.0.1",
			"--secure-port=0",
			"--use-service-account-credentials=false",
			"--service-account-private-key-file=" + accountKey,
			"--root-ca-file=" + servingCert,
			// Its usual 20 requests a second would be what a test of many
			// deletions measures.
			"--kube-api-qps=1000", "--kube-api-burst=2000",
		},
		Dir: c.folder.Path,
		Log: c.folder.File("kube-controller-manager.log"),
	})
	if err != nil {
		return err
	}
	c.controllers = started
	ctx, cancel := context.WithTimeout(ctx, startLimit)
	defer cancel()
	cl, err := client.New(c.admin(), client.Options{})
	if err != nil {
		return err
	}
	return started.Await(ctx, func(ctx context.Context) error { return provisioned(ctx, cl) })
}

func (c *Cluster) controllersKubeconfig() string {
	return c.folder.File("controller-manager.kubeconfig")
}

// provisioned fails until the default namespace has its ServiceAccount and the
// root certificate.
func provisioned(ctx context.Context, cl client.Client) error {
	key := client.ObjectKey{Namespace: "default", Name: "default"}
	if err := cl.Get(ctx, key, &corev1.ServiceAccount{}); err != nil {
		return fmt.Errorf("waiting for a ServiceAccount: %w", err)
	}
	key.Name = "kube-root-ca.crt"
	if err := cl.Get(ctx, key, &corev1.ConfigMap{}); err != nil {
		return fmt.Errorf("waiting for the root certificate: %w", err)
	}
	return nil
}
