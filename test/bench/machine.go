package main

import (
	"fmt"
	"math"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"time"
)

// machine is what the numbers were taken on.
type machine struct {
	Cores     int     `json:"cores"`
	MemoryGiB float64 `json:"memoryGiB"`
	System    string  `json:"system"`
	Go        string  `json:"go"`
	// SyncMilliseconds is the median time for a few bytes to reach the disk.
	SyncMilliseconds float64 `json:"syncMilliseconds"`
}

func thisMachine() machine {
	return machine{
		Cores: runtime.NumCPU(), MemoryGiB: memory(), System: runtime.GOOS + "/" + runtime.GOARCH,
		Go: runtime.Version(), SyncMilliseconds: syncTime(),
	}
}

func (m machine) String() string {
	return fmt.Sprintf("%d cores, %.0f GiB of memory, %s, %s; a write reaches the disk in %.2f ms",
		m.Cores, m.MemoryGiB, m.System, m.Go, m.SyncMilliseconds)
}

// memory is 0 where the kernel does not tell.
func memory() float64 {
	text, err := os.ReadFile("/proc/meminfo")
	if err != nil {
		return 0
	}
	for line := range strings.Lines(string(text)) {
		if value, found := strings.CutPrefix(line, "MemTotal:"); found {
			kilobytes, _ := strconv.Atoi(strings.TrimSuffix(strings.TrimSpace(value), " kB"))
			return float64(kilobytes) / (1 << 20)
		}
	}
	return 0
}

func syncTime() float64 {
	folder, err := os.MkdirTemp("", "account-operator-bench-sync-")
	if err != nil {
		return math.NaN()
	}
	defer func() { _ = os.RemoveAll(folder) }()
	file, err := os.Create(filepath.Join(folder, "file"))
	if err != nil {
		return math.NaN()
	}
	defer func() { _ = file.Close() }()
	var took []float64
	for range 101 {
		begun := time.Now()
		_, writeErr := file.WriteString("a few bytes")
		if err := file.Sync(); err != nil || writeErr != nil {
			return math.NaN()
		}
		took = append(took, float64(time.Since(begun).Microseconds())/1000)
	}
	slices.Sort(took)
	return percentile(took, 50)
}
