package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"time"
)

// tester changes packages of a module.
type tester struct {
	root     string // of the module
	gremlins string // the program
	settings string // its configuration
}

// here is a tester of the module in the working folder. It builds gremlins, if need be, into Go's build cache.
func here(ctx context.Context) (tester, error) {
	root, err := os.Getwd()
	if err != nil {
		return tester{}, err
	}
	program, err := build(ctx, root)
	return tester{root: root, gremlins: program, settings: filepath.Join(root, "test", "mutation", "gremlins.yaml")}, err
}

func build(ctx context.Context, root string) (string, error) {
	cmd := exec.CommandContext(ctx, "go", "tool", "-n", "gremlins")
	cmd.Dir = filepath.Join(root, "hack", "gremlins")
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0", "GOWORK=off", "GOFLAGS=")
	out, err := cmd.Output()
	if failed := (*exec.ExitError)(nil); errors.As(err, &failed) {
		return "", fmt.Errorf("building gremlins: %w\n%s", err, failed.Stderr)
	}
	return strings.TrimSpace(string(out)), err
}

// mutate changes a package, named by its folder, and reports what its tests found.
func (t tester) mutate(ctx context.Context, pkg string) (got result, err error) {
	folder, err := os.MkdirTemp("", "account-operator-mutation-")
	if err != nil {
		return result{}, err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(folder)) }()
	tree, temporary, report := filepath.Join(folder, "tree"), filepath.Join(folder, "tmp"), filepath.Join(folder, "report.json")
	if err := os.Mkdir(temporary, 0o755); err != nil {
		return result{}, err
	}
	if err := copyFor(ctx, pkg, t.root, tree); err != nil {
		return result{}, err
	}
	env, err := standInForGo(folder)
	if err != nil {
		return result{}, err
	}
	// What vet refuses, no test has found; and tests that did not run have no time to show.
	env = append(env, "TMPDIR="+temporary, "GOFLAGS=-vet=off -count=1", "CGO_ENABLED=0", "GOWORK=off")
	cmd := exec.CommandContext(ctx, t.gremlins, "unleash", "--config="+t.settings, "--exclude-files=/", "--output="+report, "./"+pkg)
	cmd.Dir, cmd.Env, cmd.Stderr = tree, env, os.Stderr
	if err := follow(cmd, pkg); err != nil {
		return result{}, fmt.Errorf("running gremlins: %w", err)
	}
	return read(pkg, report)
}

// follow runs gremlins and shows how far it is.
func follow(cmd *exec.Cmd, pkg string) error {
	// Whatever it started goes with it.
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	cmd.Cancel = func() error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGTERM) }
	out, err := cmd.StdoutPipe()
	if err != nil {
		return err
	}
	if err := cmd.Start(); err != nil {
		return err
	}
	show(out, pkg)
	return cmd.Wait()
}

// show passes on what gremlins says, but for mutants that were found: of those it says how many, now and then.
func show(out io.Reader, pkg string) {
	said, found := time.Now(), 0
	lines := bufio.NewScanner(out)
	for lines.Scan() {
		line := strings.TrimSpace(lines.Text())
		switch {
		case strings.HasPrefix(line, "KILLED "):
			found++
		case line != "":
			say("%s: %s", pkg, line)
		}
		if time.Since(said) > 15*time.Second {
			said = time.Now()
			say("%s: %d killed so far", pkg, found)
		}
	}
}

// read takes in the report of gremlins. It writes none where it found nothing to change.
func read(pkg, path string) (result, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return result{}, fmt.Errorf("reading what gremlins reports: %w", err)
	}
	var said struct {
		Efficacy float64 `json:"test_efficacy"`
		Files    []struct {
			Mutations []struct{ Status string }
		}
	}
	if err := json.Unmarshal(text, &said); err != nil {
		return result{}, fmt.Errorf("decoding what gremlins reports: %w", err)
	}
	got := result{pkg: pkg, efficacy: said.Efficacy, mutants: map[string]int{}}
	for _, file := range said.Files {
		for _, m := range file.Mutations {
			got.mutants[m.Status]++
		}
	}
	return got, nil
}
