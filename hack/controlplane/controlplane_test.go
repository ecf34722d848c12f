package main

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

func TestProgress_PackagesAndErrors_AreDistinguished(t *testing.T) {
	for line, progress := range map[string]bool{
		"k8s.io/apiserver/pkg/server":            true,
		"net":                                    true,
		"go: downloading k8s.io/api v0.37.2":     true,
		"# k8s.io/apiserver/pkg/server":          false,
		"server/config.go:12:3: undefined: nope": false,
		"":                                       false,
	} {
		if got := newProgress(os.Stdout, "x").saw(line); got != progress {
			t.Errorf("saw(%q) = %v, want %v", line, got, progress)
		}
	}
}

func TestLinkerFlags_Release_IsCarried(t *testing.T) {
	flags := linkerFlags("v1.37.2")
	for _, want := range []string{
		"-X k8s.io/component-base/version.gitVersion=v1.37.2",
		"-X k8s.io/component-base/version.gitMajor=1",
		"-X k8s.io/client-go/pkg/version.gitMinor=37",
	} {
		if !strings.Contains(flags, want) {
			t.Errorf("%q lacks %q", flags, want)
		}
	}
}

func TestStamp_SomethingMissing_IsNotCurrent(t *testing.T) {
	for _, of := range sets {
		t.Run(of.name, func(t *testing.T) { isCurrentOnlyWhenEverythingIsThere(t, of) })
	}
}

func isCurrentOnlyWhenEverythingIsThere(t *testing.T, of set) {
	t.Helper()
	bin := t.TempDir()
	s, err := readStamp(t.Context(), bin, of)
	if err != nil {
		t.Fatal(err)
	}
	if err := s.write(); err != nil {
		t.Fatal(err)
	}
	if s.current() {
		t.Error("current without any program")
	}
	for _, p := range of.programs {
		if err := os.WriteFile(filepath.Join(bin, p.name), nil, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	if !s.current() {
		t.Error("not current although every program is there")
	}
	s.digest = "of another go.mod"
	if s.current() {
		t.Error("current although built from something else")
	}
}

func TestLock_TwoBuilders_AdmitsOne(t *testing.T) {
	path := filepath.Join(t.TempDir(), "lock")
	unlock, err := lock(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	impatient, cancel := context.WithTimeout(t.Context(), 10*time.Millisecond)
	defer cancel()
	if _, err := lock(impatient, path); err == nil {
		t.Fatal("two builders at once")
	}
	unlock()
	unlock, err = lock(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	unlock()
}

func TestBuild_Interrupted_SaysHowToGoOn(t *testing.T) {
	bin := t.TempDir()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	err := sets["controlplane"].programs[0].build(ctx, bin, "v1.37.2", newProgress(os.Stdout, "x"))
	if err == nil || errors.Is(err, os.ErrNotExist) {
		t.Fatalf("build = %v, want it interrupted", err)
	}
	if left, _ := os.ReadDir(bin); len(left) != 0 {
		t.Errorf("left behind: %v", left)
	}
}

func TestBuild_UnknownProgram_IsRefused(t *testing.T) {
	bin := t.TempDir()
	if err := run(t.Context(), "nod", bin); err == nil || !strings.Contains(err.Error(), `"controlplane" "node"`) {
		t.Errorf("run = %v, want it to say what there is", err)
	}
}

// A set that changes nothing of another's leaves that one alone.
func TestStamp_OfAnotherSet_Differs(t *testing.T) {
	bin := t.TempDir()
	one, err := readStamp(t.Context(), bin, sets["controlplane"])
	if err != nil {
		t.Fatal(err)
	}
	other, err := readStamp(t.Context(), bin, sets["node"])
	if err != nil {
		t.Fatal(err)
	}
	if one.path() == other.path() || one.digest == other.digest {
		t.Errorf("%+v and %+v", one, other)
	}
}
