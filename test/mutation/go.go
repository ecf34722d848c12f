package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"syscall"
)

const (
	// realGo is the variable that holds the path of the go command.
	realGo = "MUTATION_GO"
	// doesNotCompile is the exit code by which gremlins knows a mutant that is no program: "a"-"b".
	doesNotCompile = 2
	// mostMemory that the tests of a mutant may have, in bytes: one that collects without an end would take the machine's.
	mostMemory = 4 << 30
)

// The exit code of `go test` is the same for a test that failed and for a package that does not compile, and gremlins would
// count both as found. So the go command that gremlins finds is this program, which compiles a mutant first.

// standInForGo puts this program into a folder as the go command, and returns the environment in which it is found.
func standInForGo(folder string) ([]string, error) {
	found, err := exec.LookPath("go")
	if err != nil {
		return nil, err
	}
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	if err := os.Symlink(self, filepath.Join(folder, "go")); err != nil {
		return nil, err
	}
	return append(os.Environ(), realGo+"="+found, "PATH="+folder+string(os.PathListSeparator)+os.Getenv("PATH")), nil
}

func calledAsGo() bool { return filepath.Base(os.Args[0]) == "go" }

// runGo is the go command, and returns only where it could not be run.
func runGo(args []string) error {
	path := os.Getenv(realGo)
	if testsMutant(args) {
		if exec.CommandContext(context.Background(), path, "build", args[len(args)-1]).Run() != nil {
			os.Exit(doesNotCompile)
		}
		limit := syscall.Rlimit{Cur: mostMemory, Max: mostMemory}
		if err := syscall.Setrlimit(syscall.RLIMIT_AS, &limit); err != nil {
			return fmt.Errorf("limiting the memory: %w", err)
		}
	}
	return syscall.Exec(path, append([]string{"go"}, args...), os.Environ())
}

// testsMutant says what gremlins runs for a mutant from what it runs before.
func testsMutant(args []string) bool {
	return len(args) > 1 && args[0] == "test" && slices.Contains(args, "-failfast")
}
