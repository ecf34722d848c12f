// Command release makes everything that a release consists of, from the commit that is checked out: programs, the chart,
// the manifests, a list of what the programs are made of (SPDX), and checksums. Two runs give the same bytes.
//
//	go run . -version=v0.1.0 -image=registry.example.com/account-operator -out=../../release/v0.1.0
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"golang.org/x/mod/semver"
)

// release is what is made, and of what.
type release struct {
	root      string // of the repository
	version   string // as in v0.1.0
	image     string // repository of the image that the manifests name, without a tag
	out       string // a folder that does not exist yet
	platforms []string

	source string    // the commit's files, in a folder of their own
	made   time.Time // the commit's time, which is that of everything
}

// platforms are those that programs are built for, as GOOS/GOARCH.
var platforms = []string{"linux/amd64", "linux/arm64", "darwin/amd64", "darwin/arm64"}

func main() {
	r := release{platforms: platforms}
	only := ""
	flag.StringVar(&r.root, "root", "../..", "the repository")
	flag.StringVar(&r.version, "version", "", "the version, as in v0.1.0")
	flag.StringVar(&r.image, "image", "account-operator", "where the image is pushed to, without a tag; chart and manifests name it")
	flag.StringVar(&r.out, "out", "", "the folder that is made")
	flag.StringVar(&only, "platforms", strings.Join(platforms, ","), "what programs are built for")
	flag.Parse()
	r.platforms = strings.Split(only, ",")
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGINT, syscall.SIGTERM)
	err := r.run(ctx)
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "release:", err)
		os.Exit(1)
	}
}

func (r *release) run(ctx context.Context) (err error) {
	if err := r.check(); err != nil {
		return err
	}
	if r.source, err = os.MkdirTemp("", "account-operator-release-"); err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(r.source)) }()
	if err := os.MkdirAll(filepath.Dir(r.out), 0o755); err != nil {
		return err
	}
	if err := os.Mkdir(r.out, 0o755); err != nil {
		return fmt.Errorf("make the folder of the release, which must not be there yet: %w", err)
	}
	defer func() {
		if err != nil { // half a release is none
			err = errors.Join(err, os.RemoveAll(r.out))
		}
	}()
	for _, step := range []struct {
		name string
		take func(context.Context) error
	}{
		{"export the commit", r.export}, {"build the programs", r.build}, {"list what they are made of", r.list},
		{"write the manifests", r.manifests}, {"package the chart", r.chart}, {"make the image", r.pack}, {"sum up", r.sums},
	} {
		say("%s", step.name)
		if err := step.take(ctx); err != nil {
			return fmt.Errorf("%s: %w", step.name, err)
		}
	}
	say("%s is in %s", r.version, r.out)
	return nil
}

func (r *release) check() (err error) {
	if semver.Canonical(r.version) != r.version || r.version == "" {
		return fmt.Errorf("-version=%q is no version such as v0.1.0 or v0.2.0-rc.1", r.version)
	}
	if r.out == "" {
		return errors.New("-out is missing: the folder that is made")
	}
	if strings.ContainsAny(r.image, "@ ") || r.image == "" {
		return fmt.Errorf("-image=%q is no repository such as registry.example.com/account-operator", r.image)
	}
	if r.out, err = filepath.Abs(r.out); err != nil {
		return err
	}
	r.root, err = filepath.Abs(r.root)
	return err
}

// number is the version without its v, as charts have it.
func (r *release) number() string { return strings.TrimPrefix(r.version, "v") }

// in runs a command in a folder and returns what it printed.
func in(ctx context.Context, folder string, env []string, name string, args ...string) (string, error) {
	cmd := exec.CommandContext(ctx, name, args...)
	cmd.Dir = folder
	cmd.Env = append(os.Environ(), env...)
	out, err := cmd.Output()
	if failed := (*exec.ExitError)(nil); errors.As(err, &failed) {
		return "", fmt.Errorf("%s %s: %w\n%s", name, strings.Join(args, " "), err, failed.Stderr)
	}
	return string(out), err
}

// say shows progress.
func say(format string, args ...any) {
	fmt.Printf(time.Now().Format(time.TimeOnly)+" "+format+"\n", args...)
}
