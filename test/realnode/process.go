package realnode

import (
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
)

// Process is the number of a process that runs in a container, as containerd names it. It is of the sandbox, in which the tests run.
func (n *Node) Process(container string) (int, error) {
	all, err := filepath.Glob("/proc/[0-9]*/cgroup")
	if err != nil {
		return 0, err
	}
	for _, path := range all {
		groups, err := os.ReadFile(path)
		if err == nil && strings.Contains(string(groups), strings.TrimPrefix(container, "containerd://")) {
			return strconv.Atoi(filepath.Base(filepath.Dir(path)))
		}
	}
	return 0, fmt.Errorf("no process runs in the container %q", container)
}
