package realnode

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
)

// root is the module's root, seen from this package's folder.
const root = "../.."

// programs are those that hack/realnode.sh builds.
var programs = []string{"kubelet", "kube-scheduler", "kube-proxy", "containerd", "containerd-shim-runc-v2", "ctr"}

// cannot says why this machine may not run Pods, or nothing.
func cannot(ctx context.Context) error {
	if runtime.GOOS != "linux" {
		return errors.New("this is not Linux")
	}
	if os.Geteuid() != 0 {
		return errors.New("only root may run containers")
	}
	if err := trySandbox(ctx); err != nil {
		return err
	}
	return tryCgroups()
}

// lacks says what is not installed.
func lacks() error {
	for _, name := range programs {
		if _, err := os.Stat(filepath.Join(root, "hack/controlplane/bin", name)); err != nil {
			return fmt.Errorf("%s is not built; next step: make realnode", name)
		}
	}
	for _, name := range []string{"runc", "iptables", "ip"} {
		if _, err := exec.LookPath(name); err != nil {
			return fmt.Errorf("%s is not installed; next step: make realnode", name)
		}
	}
	if plugins() == "" {
		return errors.New("the network plugins are not installed; next step: make realnode")
	}
	return nil
}

// plugins is the folder of the network plugins, or nothing.
func plugins() string {
	for _, folder := range []string{"/usr/lib/cni", "/opt/cni/bin"} {
		if _, err := os.Stat(filepath.Join(folder, "bridge")); err == nil {
			return folder
		}
	}
	return ""
}
