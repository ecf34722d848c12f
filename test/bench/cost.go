package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/account-operator/account-operator/test/bench/report"
	"github.com/account-operator/account-operator/test/cluster"
)

// meter says what the subject used since it was made.
type meter struct {
	site  *site
	mark  cluster.Mark
	cpu   time.Duration
	calls int
}

func (s *site) meter(ctx context.Context) (meter, error) {
	cpu, err := s.cpuTime()
	work, readErr := s.running.Work(ctx)
	return meter{s, s.cluster.Audit.Mark(), cpu, work.Calls}, errors.Join(err, readErr)
}

// cpuSince is the processor time that the subject used, its own and the system's.
func (m meter) cpuSince() (time.Duration, error) {
	now, err := m.site.cpuTime()
	return now - m.cpu, err
}

// requests are those of the subject, but for the Lease, which is no work, and
// for events, which are distinguished.
func (m meter) requests() (all []cluster.Request, events int, err error) {
	found, err := m.site.cluster.Audit.Since(m.mark, cluster.ByUser(user))
	for _, r := range found {
		switch r.Resource {
		case "leases":
		case "events":
			events++
		default:
			all = append(all, r)
		}
	}
	return all, events, err
}

// costs are what the subject used, each as a total.
type costs struct {
	cpu      time.Duration
	requests int
	writes   int // of the requests
	secrets  int // Secrets that were read
	calls    int // of the store; only a manager counts them
}

func (m meter) costs(ctx context.Context) (c costs, err error) {
	if c.cpu, err = m.cpuSince(); err != nil {
		return c, err
	}
	requests, events, err := m.requests()
	if err != nil {
		return c, err
	}
	c.requests, c.writes, c.secrets = len(requests)+events, events, cluster.Count(requests)["get secrets"]
	for _, r := range requests {
		if cluster.Writes(r) {
			c.writes++
		}
	}
	work, err := m.site.running.Work(ctx)
	c.calls = work.Calls - m.calls
	return c, err
}

// addCalls adds calls of the store, where they are counted.
func (s *site) addCalls(got report.Sample, metric string, calls float64) {
	if s.of.Subject == report.Manager {
		got.Add(metric, calls)
	}
}

// kernel reads a file that the kernel keeps about the subject.
func (s *site) kernel(file string) ([]byte, error) {
	pid, err := s.running.PID()
	if err != nil {
		return nil, err
	}
	return os.ReadFile(fmt.Sprintf("/proc/%d/%s", pid, file))
}

// cpuTime is counted in ticks of a hundredth of a second.
func (s *site) cpuTime() (time.Duration, error) {
	stat, err := s.kernel("stat")
	if err != nil {
		return 0, err
	}
	// The name of the program, in parentheses, may hold spaces.
	fields := bytes.Fields(stat[bytes.LastIndexByte(stat, ')')+1:])
	ticks := 0
	for _, field := range fields[11:13] {
		n, err := strconv.Atoi(string(field))
		if err != nil {
			return 0, err
		}
		ticks += n
	}
	return time.Duration(ticks) * 10 * time.Millisecond, nil
}

// peakMemory is the most that was resident at once, in MiB.
func (s *site) peakMemory() (float64, error) {
	status, err := s.kernel("status")
	if err != nil {
		return 0, err
	}
	for line := range strings.Lines(string(status)) {
		if value, found := strings.CutPrefix(line, "VmHWM:"); found {
			kilobytes, err := strconv.Atoi(strings.TrimSuffix(strings.TrimSpace(value), " kB"))
			return float64(kilobytes) / 1024, err
		}
	}
	return 0, fmt.Errorf("the kernel does not tell the peak memory of %s", s.of.Subject)
}
