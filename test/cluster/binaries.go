package cluster

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
)

// binaries finds the programs of the control plane.
type binaries struct{ root string }

var errNoModule = errors.New("no go.mod beside a hack/controlplane above the working directory: run this inside the repository")

// findBinaries looks in the module that the working directory is in, which for
// a test is its package's folder.
func findBinaries() (binaries, error) {
	root, err := moduleRoot()
	if err != nil {
		return binaries{}, err
	}
	b := binaries{root: root}
	for _, name := range []string{"etcd", "kube-apiserver", "kube-controller-manager", "kubectl"} {
		if _, err := os.Stat(b.path(name)); err != nil {
			return binaries{}, fmt.Errorf("the local control plane is not built (no %s); next step: make controlplane", b.path(name))
		}
	}
	return b, nil
}

func (b binaries) path(name string) string {
	return filepath.Join(b.root, "hack", "controlplane", "bin", name)
}

// inModule makes a path that is not absolute begin at the root of the module.
func (b binaries) inModule(path string) string {
	if filepath.IsAbs(path) {
		return path
	}
	return filepath.Join(b.root, path)
}

func moduleRoot() (string, error) {
	dir, err := os.Getwd()
	if err != nil {
		return "", err
	}
	for {
		_, module := os.Stat(filepath.Join(dir, "go.mod"))
		_, controlplane := os.Stat(filepath.Join(dir, "hack", "controlplane"))
		if module == nil && controlplane == nil {
			return dir, nil
		}
		parent := filepath.Dir(dir)
		if parent == dir {
			return "", errNoModule
		}
		dir = parent
	}
}
