package manager

import (
	"context"
	"errors"
	"fmt"
	"os"
	"regexp"
	"strconv"
	"strings"

	"github.com/account-operator/account-operator/test/cluster/process"
	"github.com/account-operator/account-operator/test/port"
)

// Options says how to start a manager.
type Options struct {
	Kubeconfig string
	Store      string        // address of the backing store
	Keyset     string        // file with the keyset; empty: unsealed
	Log        string        // file that takes what it prints; appended to
	Metrics    bool          // serve metrics, without TLS
	Args       []string      // added, so that they win
	Within     *ControlGroup // nil: no limit of its own
}

// Manager is a running manager. It is stopped, killed and frozen as a process.
type Manager struct {
	*process.Process

	log     string
	metrics string // address, empty where none are served
}

// Start starts the program as a manager, in a group that outlives no test.
func (b Binary) Start(group *process.Group, o Options) (*Manager, error) {
	m := &Manager{log: o.Log}
	metrics := "0"
	if o.Metrics {
		address, err := port.Free(context.Background())
		if err != nil {
			return nil, err
		}
		m.metrics, metrics = address, address
	}
	args := []string{
		"--kubeconfig=" + o.Kubeconfig, "--store=" + o.Store, "--health-probe-bind-address=0",
		"--metrics-secure=false", "--metrics-bind-address=" + metrics,
	}
	if o.Keyset == "" {
		args = append(args, "--insecure-no-seal")
	} else {
		args = append(args, "--seal-keyset-file="+o.Keyset)
	}
	// The shell writes down the number under which the manager runs in its place. One whose memory counts collects garbage as in
	// production, however the tests do.
	within, env := "/dev/null", ""
	if o.Within != nil {
		within, env = o.Within.Processes(), "unset GOGC GOMEMLIMIT && "
	}
	shell := []string{"-c", env + `echo $$ >"$0" && echo $$ >"$1" && shift && exec "$@"`, m.log + ".pid", within, b.Path}
	started, err := group.Start(process.Command{Path: "/bin/sh", Args: append(append(shell, args...), o.Args...), Log: o.Log})
	m.Process = started
	return m, err
}

// PID is the number of the manager's process. It is known a moment after Start.
func (m *Manager) PID() (int, error) {
	text, err := os.ReadFile(m.log + ".pid")
	if err != nil {
		return 0, err
	}
	return strconv.Atoi(strings.TrimSpace(string(text)))
}

// Log is the file that takes what the manager prints.
func (m *Manager) Log() string { return m.log }

// Printed returns all that the manager printed so far.
func (m *Manager) Printed() (string, error) {
	text, err := os.ReadFile(m.log)
	return string(text), err
}

var (
	errRuns   = errors.New("it still runs")
	exitState = regexp.MustCompile(`\(exit status (\d+)\)`)
)

// ExitCode waits until the manager ends by itself and returns its exit code. A
// manager that was killed has none.
func (m *Manager) ExitCode(ctx context.Context) (int, error) {
	// A process says how it ended only in the error of who waited for it to become ready.
	err := m.Await(ctx, func(context.Context) error { return errRuns })
	state := exitState.FindStringSubmatch(err.Error())
	if ctx.Err() != nil || state == nil {
		return 0, fmt.Errorf("no exit code: %w", err)
	}
	return strconv.Atoi(state[1])
}
