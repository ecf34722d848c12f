// Command demo shows account-operator at work on a real control plane, on this machine:
//
//	demo tour    a guided tour; exit status 0 only if every step really happened
//	demo up      start the same and leave it running in the foreground
//	demo dev     the same, with a manager that is built anew whenever its code changes
//
// demo.sh and up.sh build what it needs and start it at the root of the repository. Whatever it starts listens on
// loopback only and ends with it, however it ends.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"syscall"

	"github.com/go-logr/logr"
	"sigs.k8s.io/controller-runtime/pkg/log"
)

const (
	exitFailed      = 1
	exitUsage       = 2
	exitInterrupted = 130 // as a shell reports SIGINT
)

var errUsage = errors.New("usage: demo tour|up|dev")

func main() {
	log.SetLogger(logr.Discard()) // what the libraries of this program log is not part of the tour
	// SIGPIPE: `make demo | head` shall clean up, too.
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM, syscall.SIGHUP, syscall.SIGPIPE)
	// Asked a second time to end, this program ends at once; what it started ends with it.
	context.AfterFunc(ctx, stop)
	err := demo(ctx, os.Args[1:])
	interrupted := ctx.Err() != nil
	stop()
	switch {
	case err == nil:
	case errors.Is(err, errUsage):
		fmt.Fprintln(os.Stderr, err)
		os.Exit(exitUsage)
	case interrupted:
		os.Exit(exitInterrupted)
	default:
		os.Exit(exitFailed)
	}
}

func demo(ctx context.Context, args []string) error {
	flags := flag.NewFlagSet("demo", flag.ContinueOnError)
	bin := flags.String("bin", "bin", "folder with the programs manager and sql")
	if err := flags.Parse(args); err != nil || flags.NArg() != 1 {
		return errUsage
	}
	root, err := os.Getwd()
	if err != nil {
		return err
	}
	if err := forgetSettings(); err != nil {
		return err
	}
	site := site{root: root, bin: absolute(root, *bin), kept: filepath.Join(root, ".demo")}
	screen := newScreen(os.Stdout)
	switch flags.Arg(0) {
	case "tour":
		return tour(ctx, site, screen)
	case "up":
		return up(ctx, site, screen)
	case "dev":
		return dev(ctx, site, screen)
	default:
		return errUsage
	}
}

func absolute(root, path string) string {
	if filepath.IsAbs(path) {
		return path
	}
	return filepath.Join(root, path)
}
