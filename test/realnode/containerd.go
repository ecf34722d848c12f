package realnode

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/account-operator/account-operator/test/cluster/process"
)

// Paths in the sandbox.
const (
	containerdSocket = "/run/containerd/containerd.sock"
	networkFolder    = "/run/cni"
)

// containerdConfig takes the folder of the network plugins. A machine may lack CAP_SYS_RESOURCE, without which a process cannot be
// made one that the kernel kills later than its parent: then containerd has to leave that out, or no Pod starts.
const containerdConfig = `version = 3
root = "/run/containerd-root"
state = "/run/containerd"

[grpc]
address = "` + containerdSocket + `"

[plugins."io.containerd.cri.v1.images".pinned_images]
sandbox = "docker.io/library/` + sandboxImage + `"

[plugins."io.containerd.cri.v1.runtime"]
restrict_oom_score_adj = true

[plugins."io.containerd.cri.v1.runtime".cni]
bin_dirs = ["%s"]
conf_dir = "` + networkFolder + `"
`

// network gives each Pod an address on one bridge.
const network = `{"cniVersion": "1.0.0", "name": "pods", "plugins": [
	{"type": "bridge", "bridge": "pods", "isGateway": true,
		"ipam": {"type": "host-local", "ranges": [[{"subnet": "` + Pods + `"}]], "routes": [{"dst": "0.0.0.0/0"}]}}
]}
`

// startContainerd returns when it answers.
func (n *Node) startContainerd(ctx context.Context) error {
	config := n.file("containerd.toml")
	if err := errors.Join(
		os.MkdirAll(networkFolder, 0o755),
		os.WriteFile(filepath.Join(networkFolder, "pods.conflist"), []byte(network), 0o644),
		os.WriteFile(config, fmt.Appendf(nil, containerdConfig, plugins()), 0o644),
	); err != nil {
		return err
	}
	var err error
	if n.containerd, err = n.run("containerd", "--config="+config, "--log-level=warn"); err != nil {
		return err
	}
	return n.containerd.Await(ctx, func(ctx context.Context) error { return n.ctr(ctx, "version") })
}

// importImages hands the node the images, which it could not pull.
func (n *Node) importImages(ctx context.Context) error {
	for _, archive := range []string{pauseImage, managerImage} {
		if err := n.ctr(ctx, "images", "import", filepath.Join(n.prepared, archive)); err != nil {
			return err
		}
	}
	return nil
}

// Tag gives the manager's image another name, as in account-operator:next.
func (n *Node) Tag(ctx context.Context, name string) error {
	return n.ctr(ctx, "images", "tag", "docker.io/library/"+Image, "docker.io/library/"+name)
}

// ctr runs containerd's own client for what belongs to Kubernetes.
func (n *Node) ctr(ctx context.Context, args ...string) error {
	command := process.Command{
		Path: n.program("ctr"), Args: append([]string{"--address=" + containerdSocket, "--namespace=k8s.io"}, args...), Log: n.file("ctr.log"),
	}
	if err := n.group.Run(ctx, command); err != nil {
		return fmt.Errorf("ctr %s: %w", strings.Join(args, " "), err)
	}
	return nil
}
