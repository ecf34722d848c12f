package realnode

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"time"

	"github.com/account-operator/account-operator/test/tool"
)

// What is prepared, by its name in the folder.
const (
	managerImage = "manager.tar"
	pauseImage   = "pause.tar"
	helm         = "helm"
	manager      = "manager-linux-" + runtime.GOARCH
	pause        = "pause-linux-" + runtime.GOARCH
)

const (
	// Image is what the manifests call the manager's image.
	Image = "account-operator:dev"
	// sandboxImage is that of the container that holds a Pod's namespaces.
	sandboxImage = "account-operator-pause:dev"
	// buildLimit is for an empty build cache on a busy machine.
	buildLimit = 12 * time.Minute
)

// prepare builds Helm and both images, that of the manager as `make image` does.
func prepare(ctx context.Context, folder string) error {
	ctx, cancel := context.WithTimeout(ctx, buildLimit)
	defer cancel()
	program, err := tool.Build(ctx, filepath.Join(root, "hack/helm"), "helm")
	if err != nil {
		return err
	}
	if err := os.Symlink(program, filepath.Join(folder, helm)); err != nil {
		return err
	}
	flags := []string{"build", "-trimpath", "-buildvcs=false", "-ldflags", "-s -w -X main.version=dev"}
	for _, args := range [][]string{
		append(flags, "-o="+filepath.Join(folder, manager), "../../cmd/manager"),
		append(flags, "-o="+filepath.Join(folder, pause), "./pause"),
		{"run", "-C=" + root + "/hack/image", ".", "-program=manager", "-programs=" + folder, "-version=dev", "-name=" + Image, "-archive=" + filepath.Join(folder, managerImage)},
		{"run", "-C=" + root + "/hack/image", ".", "-program=pause", "-programs=" + folder, "-version=dev", "-name=" + sandboxImage, "-archive=" + filepath.Join(folder, pauseImage)},
	} {
		if err := goes(ctx, args...); err != nil {
			return err
		}
	}
	return nil
}

func goes(ctx context.Context, args ...string) error {
	cmd := exec.CommandContext(ctx, "go", args...)
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0", "GOWORK=off")
	// Interrupted rather than killed, go removes its own working folder.
	cmd.Cancel, cmd.WaitDelay = func() error { return cmd.Process.Signal(os.Interrupt) }, 10*time.Second
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("go %s: %w\n%s", args[0], err, out)
	}
	return nil
}
