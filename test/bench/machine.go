package main

import (
	"math"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"time"

	"github.com/account-operator/account-operator/test/bench/report"
)

func thisMachine() report.Machine {
	return report.Machine{
		Cores: runtime.NumCPU(), MemoryGiB: memory(), System: runtime.GOOS + "/" + runtime.GOARCH,
		Go: runtime.Version(), SyncMilliseconds: syncTime(), Load: load(),
	}
}

// memory is 0 where the kernel does not say.
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

// load is 0 where the kernel does not say.
func load() float64 {
	text, err := os.ReadFile("/proc/loadavg")
	if err != nil {
		return 0
	}
	minute, _, _ := strings.Cut(string(text), " ")
	average, _ := strconv.ParseFloat(minute, 64)
	return average
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
	return report.Percentile(took, 50)
}
