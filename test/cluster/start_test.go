package cluster_test

import (
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/account-operator/account-operator/test/cluster"
)

// refused checks that no cluster starts, for a reason that the user reads.
func refused(t *testing.T, o cluster.Options, reason string) {
	t.Helper()
	c, err := cluster.Start(t.Context(), o)
	if err == nil {
		_ = c.Stop()
		t.Fatalf("it started, want %q", reason)
	}
	if !strings.Contains(err.Error(), reason) {
		t.Errorf("error = %v, want %q in it", err, reason)
	}
}

func TestStart_NotBuilt_SaysWhatToDoFirst(t *testing.T) {
	module := t.TempDir()
	t.Chdir(module)
	refused(t, cluster.Options{}, "run this inside the repository")

	inside := filepath.Join(module, "hack", "controlplane")
	if err := os.MkdirAll(inside, 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(module, "go.mod"), nil, 0o644); err != nil {
		t.Fatal(err)
	}
	t.Chdir(inside)
	refused(t, cluster.Options{}, "next step: make controlplane")
}

func TestStart_TakenPort_IsRefused(t *testing.T) {
	taken, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = taken.Close() }()
	address, ok := taken.Addr().(*net.TCPAddr)
	if !ok {
		t.Fatalf("address = %v", taken.Addr())
	}
	refused(t, cluster.Options{Port: address.Port}, "address already in use")
}

func TestStart_ServerFails_SaysWhatItPrinted(t *testing.T) {
	refused(t, cluster.Options{APIServerFlags: []string{"--no-such-flag"}}, "unknown flag: --no-such-flag")
}

func TestStart_MissingCRDs_AreRefused(t *testing.T) {
	refused(t, cluster.Options{CRDs: []string{"test/cluster/testdata/absent.yaml"}}, "absent.yaml")
}
