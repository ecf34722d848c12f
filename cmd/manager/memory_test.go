package main

import (
	"os"
	"path/filepath"
	"testing"
)

// Given what the kernel says of the manager's control group, when the manager looks for its limit, then it finds the lowest one
// that is set, in either version, and none where none is set.
func TestMemoryLimit_ControlGroup_LowestThatIsSet(t *testing.T) {
	for name, c := range map[string]struct {
		groups string
		files  map[string]string
		want   int64
	}{
		"nothing is known": {},
		"version 2, in a container": {
			"0::/\n", map[string]string{"sys/fs/cgroup/memory.max": "536870912\n"}, 512 << 20,
		},
		"version 2, on a machine": {
			"0::/a/b\n", map[string]string{"sys/fs/cgroup/a/b/memory.max": "1048576\n"}, 1 << 20,
		},
		"version 2, without a limit": {
			"0::/\n", map[string]string{"sys/fs/cgroup/memory.max": "max\n"}, 0,
		},
		"version 1, in a container, where the path is the machine's": {
			"5:cpu:/\n4:memory:/kubepods/x\n", map[string]string{"sys/fs/cgroup/memory/memory.limit_in_bytes": "536870912\n"}, 512 << 20,
		},
		"version 1, without a limit": {
			"4:memory:/\n", map[string]string{"sys/fs/cgroup/memory/memory.limit_in_bytes": "9223372036854771712\n"}, 0,
		},
		"version 1, with a group's limit below that of all": {
			"4:memory:/x\n0::/\n",
			map[string]string{"sys/fs/cgroup/memory/memory.limit_in_bytes": "2097152", "sys/fs/cgroup/memory/x/memory.limit_in_bytes": "1048576"}, 1 << 20,
		},
	} {
		t.Run(name, func(t *testing.T) {
			root := t.TempDir()
			if c.groups != "" {
				write(t, filepath.Join(root, "proc/self/cgroup"), c.groups)
			}
			for file, text := range c.files {
				write(t, filepath.Join(root, file), text)
			}
			if got := memoryLimit(root); got != c.want {
				t.Errorf("%d, want %d", got, c.want)
			}
		})
	}
}

func write(t *testing.T, file, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}
