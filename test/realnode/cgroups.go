package realnode

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"k8s.io/apimachinery/pkg/util/wait"
)

// cgroups is a folder of this name in every hierarchy of the machine's control groups, in which those of Pods are made. Control
// groups are the one part of a node that a sandbox does not hide from the machine; so they are removed when it is gone.
type cgroups struct {
	name        string
	hierarchies []string
}

const (
	// cgroupRoot is where they are mounted.
	cgroupRoot = "/sys/fs/cgroup"
	// goneLimit is how long the kernel may take to let go of the control group of a process that was killed.
	goneLimit = 10 * time.Second
)

// newCgroups makes the folders. On a machine with version 2 there is one hierarchy; with version 1, or both, one for each controller.
func newCgroups(name string) (*cgroups, error) {
	c := &cgroups{name: name}
	var err error
	if c.hierarchies, err = hierarchies(); err != nil {
		return nil, err
	}
	for _, folder := range c.folders() {
		if err := os.Mkdir(folder, 0o755); err != nil {
			return nil, errors.Join(err, c.remove())
		}
	}
	if slices.Equal(c.hierarchies, []string{cgroupRoot}) {
		if err := hasControllers(); err != nil {
			return nil, errors.Join(err, c.remove())
		}
	}
	return c, nil
}

// folders are where they are.
func (c *cgroups) folders() (all []string) {
	for _, h := range c.hierarchies {
		all = append(all, filepath.Join(h, c.name))
	}
	return all
}

// hierarchies are the folders at which one is mounted.
func hierarchies() (all []string, err error) {
	mounts, err := os.ReadFile("/proc/self/mounts")
	if err != nil {
		return nil, err
	}
	for line := range strings.Lines(string(mounts)) {
		if fields := strings.Fields(line); len(fields) > 2 && (fields[2] == "cgroup" || fields[2] == "cgroup2") {
			all = append(all, fields[1])
		}
	}
	if len(all) == 0 {
		return nil, errors.New("no control groups are mounted")
	}
	return all, nil
}

// hasControllers looks whether folders of version 2 have what Pods are limited by. A runtime switches on in the root what is missing;
// where something forbids that, as in a container, no Pod can run.
func hasControllers() error {
	available, err := os.ReadFile(filepath.Join(cgroupRoot, "cgroup.controllers"))
	if err != nil {
		return err
	}
	for _, controller := range strings.Fields(string(available)) {
		if !slices.Contains([]string{"cpu", "cpuset", "hugetlb", "memory", "pids"}, controller) {
			continue
		}
		if err := os.WriteFile(filepath.Join(cgroupRoot, "cgroup.subtree_control"), []byte("+"+controller), 0o644); err != nil {
			return fmt.Errorf("the control groups' controller %s: %w", controller, err)
		}
	}
	return nil
}

// tryCgroups says why there can be none.
func tryCgroups() error {
	c, err := newCgroups(fmt.Sprintf("%s-trial-%d", prefix, os.Getpid()))
	if err != nil {
		return fmt.Errorf("no control groups can be made here: %w", err)
	}
	return c.remove()
}

// remove removes the folders, once nothing runs in them any more.
func (c *cgroups) remove() error {
	var errs []error
	for _, folder := range c.folders() {
		errs = append(errs, removeEmpty(folder))
	}
	return errors.Join(errs...)
}

// removeEmpty removes a folder with all below it, of which only folders can be removed.
func removeEmpty(folder string) (err error) {
	_ = wait.PollUntilContextTimeout(context.Background(), 20*time.Millisecond, goneLimit, true, func(context.Context) (bool, error) {
		err = removeOnce(folder)
		return err == nil, nil
	})
	return err
}

func removeOnce(folder string) error {
	var folders []string
	err := filepath.WalkDir(folder, func(path string, entry fs.DirEntry, err error) error {
		if err == nil && entry.IsDir() {
			folders = append(folders, path)
		}
		return ignoreGone(err)
	})
	for _, f := range slices.Backward(folders) {
		err = errors.Join(err, ignoreGone(os.Remove(f)))
	}
	return err
}

func ignoreGone(err error) error {
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return err
}

// sweep removes the folders of a program that was killed with its sandbox and could not. Those in which something runs cannot be
// removed, and need not be looked at twice.
func sweep(prefix string) {
	all, _ := hierarchies()
	for _, h := range all {
		left, _ := filepath.Glob(filepath.Join(h, prefix+"*"))
		for _, folder := range left {
			if _, err := os.Stat(filepath.Join(os.TempDir(), filepath.Base(folder))); errors.Is(err, fs.ErrNotExist) {
				_ = removeOnce(folder)
			}
		}
	}
}
