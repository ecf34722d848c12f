package manager

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

// ControlGroup is a control group of Linux, of either version, that limits what its processes take in memory, as a container's
// does.
type ControlGroup struct{ folder string }

// hierarchies are where the kernel's memory controller is to be found, with the file that takes the limit.
var hierarchies = []struct{ folder, limit, controllers string }{
	{"/sys/fs/cgroup/memory", "memory.limit_in_bytes", ""},
	{"/sys/fs/cgroup", "memory.max", "cgroup.subtree_control"},
}

// NewControlGroup makes a group. An error says why that is not possible here: it takes root, and a writable hierarchy.
func NewControlGroup(limit int64) (*ControlGroup, error) {
	var failed error
	for _, h := range hierarchies {
		if h.controllers != "" {
			_ = os.WriteFile(filepath.Join(h.folder, h.controllers), []byte("+memory"), 0o600)
		}
		folder, err := os.MkdirTemp(h.folder, "account-operator-test-")
		if err != nil {
			failed = errors.Join(failed, err)
			continue
		}
		g := &ControlGroup{folder}
		if err := os.WriteFile(filepath.Join(folder, h.limit), []byte(strconv.FormatInt(limit, 10)), 0o600); err != nil {
			failed = errors.Join(failed, err, g.Close())
			continue
		}
		return g, nil
	}
	return nil, fmt.Errorf("no control group can be made: %w", failed)
}

// Processes is the file that takes the number of a process which joins.
func (g *ControlGroup) Processes() string { return filepath.Join(g.folder, "cgroup.procs") }

// Close removes the group. Its processes must have ended; the kernel takes a moment to see that.
func (g *ControlGroup) Close() error {
	over, tick := time.After(10*time.Second), time.NewTicker(50*time.Millisecond)
	defer tick.Stop()
	for {
		err := os.Remove(g.folder)
		if err == nil || os.IsNotExist(err) {
			return nil
		}
		select {
		case <-tick.C:
		case <-over:
			return err
		}
	}
}

// PeakMemory is the most that the manager had in memory so far, in bytes, files not counted.
func (m *Manager) PeakMemory() (int64, error) {
	pid, err := m.PID()
	if err != nil {
		return 0, err
	}
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		return 0, err
	}
	for line := range strings.Lines(string(text)) {
		if kib, found := strings.CutPrefix(line, "VmHWM:"); found {
			n, err := strconv.ParseInt(strings.Fields(kib)[0], 10, 64)
			return n << 10, err
		}
	}
	return 0, errors.New("the kernel does not tell the peak")
}
