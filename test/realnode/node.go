package realnode

import (
	"context"
	"errors"
	"net"
	"os"
	"path/filepath"

	"k8s.io/apimachinery/pkg/runtime"
	clientgoscheme "k8s.io/client-go/kubernetes/scheme"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/account-operator/account-operator/api/v1alpha1"
	"github.com/account-operator/account-operator/test/cluster"
	"github.com/account-operator/account-operator/test/cluster/process"
)

const (
	// Name of the node.
	Name = "node"
	// Address of the node, and of the API server on it: one that is never in use anywhere.
	Address = "192.0.2.1"
	// services is where their addresses are, the first of which is the API server's.
	services   = "10.96.0.0/24"
	apiService = "10.96.0.1"
	// Pods is where theirs are.
	Pods = "10.88.0.0/16"
)

// controllers are the loops that Pods need, and what they are made by.
var controllers = []string{
	"deployment-controller", "replicaset-controller", "job-controller", "disruption-controller",
	"endpointslice-controller", "node-lifecycle-controller",
	"persistentvolume-binder-controller", "persistentvolume-protection-controller", "persistentvolumeclaim-protection-controller",
}

// Node is a node with its control plane.
type Node struct {
	Cluster *cluster.Cluster
	API     client.Client // the administrator's

	prepared string // folder with images and programs
	cgroups  string // name of the folder of its control groups
	folder   *process.Folder
	group    *process.Group

	containerd, kubelet *process.Process
}

// start starts everything, and returns when Pods can run.
func start(ctx context.Context, prepared string) (n *Node, err error) {
	n = &Node{prepared: prepared, cgroups: filepath.Base(prepared)}
	defer func() {
		if err != nil {
			n, err = nil, errors.Join(err, n.stop())
		}
	}()
	if n.folder, err = process.TemporaryFolder(prefix); err != nil {
		return n, err
	}
	if n.group, err = process.NewGroup(); err != nil {
		return n, err
	}
	if err := n.startCluster(ctx); err != nil {
		return n, err
	}
	if err := n.startContainerd(ctx); err != nil {
		return n, err
	}
	if err := n.importImages(ctx); err != nil {
		return n, err
	}
	return n, errors.Join(n.startProxy(), n.startScheduler(), n.startKubelet(ctx))
}

func (n *Node) startCluster(ctx context.Context) (err error) {
	n.Cluster, err = cluster.Start(ctx, cluster.Options{
		Audit: true, Controllers: controllers, Addresses: []net.IP{net.ParseIP(Address), net.ParseIP(apiService)},
		APIServerFlags: []string{
			"--bind-address=0.0.0.0", "--advertise-address=" + Address, "--endpoint-reconciler-type=lease",
			"--service-cluster-ip-range=" + services, "--kubelet-preferred-address-types=InternalIP",
			"--authorization-mode=Node", "--enable-admission-plugins=NodeRestriction",
		},
	})
	if err != nil {
		return err
	}
	scheme := runtime.NewScheme()
	if err := errors.Join(clientgoscheme.AddToScheme(scheme), v1alpha1.AddToScheme(scheme)); err != nil {
		return err
	}
	n.API, err = client.New(n.Cluster.Config(), client.Options{Scheme: scheme})
	return err
}

// stop ends everything but what runs in Pods, which ends with the sandbox.
func (n *Node) stop() error {
	var errs []error
	if n.group != nil {
		errs = append(errs, n.group.Close())
	}
	if n.Cluster != nil {
		errs = append(errs, n.Cluster.Stop())
	}
	if n.folder != nil {
		errs = append(errs, n.folder.Close())
	}
	return errors.Join(errs...)
}

// Restart kills what the node consists of as a crash of it would, without what runs in its Pods, and starts it again.
func (n *Node) Restart(ctx context.Context) error {
	n.kubelet.Kill()
	n.containerd.Kill()
	if err := n.startContainerd(ctx); err != nil {
		return err
	}
	return n.startKubelet(ctx)
}

// Manager is the manager's program, as in the image.
func (n *Node) Manager() string { return filepath.Join(n.prepared, manager) }

// Helm is the path of it.
func (n *Node) Helm() string { return filepath.Join(n.prepared, helm) }

// NewFolder makes an empty folder that goes with the sandbox, after all that runs in Pods.
func (n *Node) NewFolder() (string, error) { return os.MkdirTemp("", "volume-") }

// file is the path of a file of the node's own.
func (n *Node) file(name string) string { return n.folder.File(name) }

// program is one that hack/realnode.sh built.
func (n *Node) program(name string) string {
	return filepath.Join(filepath.Dir(n.Cluster.Kubectl()), name)
}

// run starts a program of the node.
func (n *Node) run(name string, args ...string) (*process.Process, error) {
	return n.group.Start(process.Command{Path: n.program(name), Args: args, Dir: n.folder.Path, Log: n.file(name + ".log")})
}

// access writes a kubeconfig with the rights of a user, which are those that Kubernetes itself gives to it.
func (n *Node) access(name, user string, groups ...string) (path string, err error) {
	path = n.file(name + ".kubeconfig")
	return path, cluster.WriteKubeconfig(path, n.Cluster.As(user, groups...))
}

// Log is the end of what a program of the node printed.
func (n *Node) Log(name string) string {
	const end = 8 << 10
	text, err := os.ReadFile(n.file(name + ".log"))
	if err != nil {
		return err.Error()
	}
	return string(text[max(0, len(text)-end):])
}
