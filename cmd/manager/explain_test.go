package main

import (
	"errors"
	"fmt"
	"net"
	"strings"
	"testing"
)

// A port that is taken names the flag that would give another one.
func TestListening_APortIsTaken_NamesItsFlag(t *testing.T) {
	taken, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = taken.Close() }()
	_, err = new(net.ListenConfig).Listen(t.Context(), "tcp", taken.Addr().String())
	err = fmt.Errorf("error listening: %w", err)
	for flag, c := range map[string]config{
		"--metrics-bind-address":      {watchConfig: watchConfig{metricsAddress: taken.Addr().String(), healthAddress: ":1"}},
		"--health-probe-bind-address": {watchConfig: watchConfig{metricsAddress: "0", healthAddress: taken.Addr().String()}},
		"--diagnostics":               {watchConfig: watchConfig{metricsAddress: ":2", healthAddress: "0"}, diagnostics: taken.Addr().String()},
	} {
		if said := explained(c, err); exitCode(said) != exitStartup || !strings.Contains(said.Error(), flag+" another address") {
			t.Errorf("%s: it ends with %d and says: %v", flag, exitCode(said), said)
		}
	}
}

func TestEnding_CachesWereNotFilled_SaysWhereToLook(t *testing.T) {
	got := explained(config{}, errors.New("failed to wait for account caches to sync: timed out"))
	if !strings.Contains(got.Error(), "the manager's rights") || exitCode(got) != exitFailed {
		t.Error(got)
	}
}

func TestConcurrency_None_IsRefused(t *testing.T) {
	for _, typed := range []string{"--concurrency=0", "--concurrency=-1"} {
		if _, err := executed(t, typed+" --insecure-no-seal"); err == nil || exitCode(err) != exitStartup || !strings.Contains(err.Error(), "--concurrency must be 1 or more") {
			t.Errorf("%s: %v", typed, err)
		}
	}
}
