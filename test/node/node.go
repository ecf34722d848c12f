// Package node does for the Pods of a local control plane, which has no node, what a kubelet would: it runs each container as a
// process, with the arguments and the environment that the Pod gives it, its Secrets, ConfigMaps and claims as folders, and its
// ServiceAccount's rights. Every image is the manager's.
//
// What a container would find at a fixed path is elsewhere here. So paths and ports that stand in arguments and variables are
// replaced, and the ServiceAccount's token comes by the flag --kubeconfig, the Pod's namespace by --leader-elect-namespace.
package node

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"time"

	"k8s.io/apimachinery/pkg/types"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/account-operator/account-operator/test/cluster"
	"github.com/account-operator/account-operator/test/cluster/process"
)

// goodbye is how long a process may take to end, as terminationGracePeriodSeconds bounds it.
const goodbye = 30 * time.Second

// Node runs Pods. It is for one goroutine at a time.
type Node struct {
	cluster     *cluster.Cluster
	api         client.Client
	program     string
	folder      string
	group       *process.Group
	deployments map[types.UID]*deployment
}

// New makes a node that runs a program in the place of every image, and keeps claims, files and logs below a folder.
func New(c *cluster.Cluster, program, folder string) (*Node, error) {
	n := &Node{cluster: c, program: program, folder: folder, deployments: map[types.UID]*deployment{}}
	var err error
	if n.api, err = c.Client(); err != nil {
		return nil, err
	}
	n.group, err = process.NewGroup()
	return n, err
}

// Close ends every process, those of Deployments as Kubernetes would.
func (n *Node) Close() error {
	var errs []error
	for _, d := range n.deployments {
		errs = append(errs, d.stop())
	}
	return errors.Join(append(errs, n.group.Close())...)
}

// newFolder makes an empty folder.
func (n *Node) newFolder() (string, error) { return os.MkdirTemp(n.folder, "pod-") }

// access writes a kubeconfig with the rights of a ServiceAccount, and returns its path.
func (n *Node) access(ctx context.Context, folder, namespace, serviceAccount string) (string, error) {
	path := filepath.Join(folder, "kubeconfig")
	config, err := n.cluster.AsServiceAccount(ctx, namespace, serviceAccount)
	if err != nil {
		return "", err
	}
	return path, cluster.WriteKubeconfig(path, config)
}
