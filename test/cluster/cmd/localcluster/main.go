// Command localcluster runs a local control plane in the foreground:
//
//	localcluster [flags] DIR
//
// It keeps data and logs in DIR, writes the administrator's access to
// DIR/kubeconfig, prints "ready" and that path, and ends at SIGINT or SIGTERM.
// Started again with the same DIR it goes on with the same data.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"

	"github.com/go-logr/logr"
	"sigs.k8s.io/controller-runtime/pkg/log"

	"github.com/account-operator/account-operator/test/cluster"
)

func main() {
	log.SetLogger(logr.Discard())
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM, syscall.SIGHUP)
	defer stop()
	err := run(ctx, os.Args[1:], os.Stdout)
	if errors.Is(err, flag.ErrHelp) {
		os.Exit(2)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "localcluster:", err)
		os.Exit(1)
	}
}

// run keeps a cluster up until ctx ends.
func run(ctx context.Context, args []string, out io.Writer) error {
	options, err := parse(args)
	if err != nil {
		return err
	}
	c, err := cluster.Start(ctx, options)
	if err != nil {
		return err
	}
	if _, err := fmt.Fprintln(out, "ready", c.Kubeconfig()); err != nil {
		return errors.Join(err, c.Stop())
	}
	<-ctx.Done()
	return c.Stop()
}

func parse(args []string) (cluster.Options, error) {
	var o cluster.Options
	flags := flag.NewFlagSet("localcluster", flag.ContinueOnError)
	flags.Usage = func() {
		_, _ = fmt.Fprintln(flags.Output(), "usage: localcluster [flags] DIR")
		flags.PrintDefaults()
	}
	flags.Func("crds", "file or folder with definitions to install; may be repeated", func(path string) error {
		o.CRDs = append(o.CRDs, path)
		return nil
	})
	flags.IntVar(&o.Port, "port", 0, "port of the API server on 127.0.0.1; 0: any free one")
	flags.BoolVar(&o.Audit, "audit", false, "write all requests to DIR/audit.log")
	flags.BoolVar(&o.Durable, "durable", false, "let etcd write to the disk before it answers")
	if err := flags.Parse(args); err != nil {
		return o, err
	}
	if flags.NArg() != 1 {
		flags.Usage()
		return o, errors.New("name one folder")
	}
	o.Dir = flags.Arg(0)
	return o, nil
}
