package main

import (
	"bufio"
	"os"
	"path"
	"runtime/debug"
	"strconv"
	"strings"
)

// gcPercent is how much garbage may add to what is in use before it is collected. Most of a manager's memory is its caches,
// so the default of 100 doubles them for the sake of a few percent of little CPU.
const gcPercent = 50

// ofLimit is how much of what the control group allows Go may have, in percent. The rest is SQLite's, which keeps its memory
// beside Go's, and the program's text.
const ofLimit = 85

// keepSmall sets gcPercent, unless the environment says otherwise as it does for every Go program, and keeps within the limit.
func keepSmall() {
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(gcPercent)
	}
	keepWithin()
}

// keepWithin has garbage collected earlier where the limit of the Pod is near, unless the environment names another.
func keepWithin() {
	if limit := memoryLimit("/"); limit > 0 && os.Getenv("GOMEMLIMIT") == "" {
		debug.SetMemoryLimit(limit / 100 * ofLimit)
	}
}

// memoryLimit is what the control group that the program runs in allows, in bytes; 0 where nothing limits it or nothing is
// known. In a container the group is usually mounted as the root of its hierarchy.
func memoryLimit(root string) int64 {
	groups, err := os.Open(path.Join(root, "proc/self/cgroup"))
	if err != nil {
		return 0
	}
	defer func() { _ = groups.Close() }()
	lowest := int64(0)
	for lines := bufio.NewScanner(groups); lines.Scan(); {
		for _, file := range limitFiles(lines.Text()) {
			if limit := readLimit(path.Join(root, file)); limit > 0 && (lowest == 0 || limit < lowest) {
				lowest = limit
			}
		}
	}
	return lowest
}

// limitFiles are where the limits stand for a line of /proc/self/cgroup, of both versions: number:controllers:path.
func limitFiles(line string) []string {
	parts := strings.SplitN(line, ":", 3)
	if len(parts) != 3 {
		return nil
	}
	var hierarchy, file string
	switch {
	case parts[1] == "memory":
		hierarchy, file = "sys/fs/cgroup/memory", "memory.limit_in_bytes"
	case parts[1] == "" && parts[0] == "0":
		hierarchy, file = "sys/fs/cgroup", "memory.max"
	default:
		return nil
	}
	return []string{path.Join(hierarchy, parts[2], file), path.Join(hierarchy, file)}
}

// readLimit is 0 where there is none: "max", or a number so high that it means the same.
func readLimit(file string) int64 {
	text, err := os.ReadFile(file) //nolint:gosec // a file of the kernel's
	if err != nil {
		return 0
	}
	limit, err := strconv.ParseInt(strings.TrimSpace(string(text)), 10, 64)
	if err != nil || limit <= 0 || limit >= 1<<50 {
		return 0
	}
	return limit
}
