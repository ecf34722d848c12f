package main

import (
	"context"
	"flag"
	"net"
	"net/http"
	"time"

	"github.com/spf13/pflag"
	"sigs.k8s.io/controller-runtime/pkg/log/zap"
	ctrlmanager "sigs.k8s.io/controller-runtime/pkg/manager"
)

// watchConfig is where others see how the program is.
type watchConfig struct{ metricsAddress, healthAddress string }

func (c *watchConfig) watchFlags(f *pflag.FlagSet, metrics string) {
	f.StringVar(&c.metricsAddress, "metrics-bind-address", metrics, "where metrics are served; 0 switches them off")
	f.StringVar(&c.healthAddress, "health-probe-bind-address", ":8081", "where /healthz and /readyz are served; 0 switches them off")
}

func logFlags(f *pflag.FlagSet, o *zap.Options) {
	flags := flag.NewFlagSet("", flag.ContinueOnError)
	o.BindFlags(flags)
	f.AddGoFlagSet(flags)
}

// watchLimit is for whoever asks how the program is: the headers of the question, and the rest as it ends.
const watchLimit = 5 * time.Second

// watched serves what is to be seen there, over HTTP; nil where the address is 0. A manager has controller-runtime for it.
func watched(ctx context.Context, name, address string, seen http.Handler) (*ctrlmanager.Server, error) {
	if address == "0" {
		return nil, nil
	}
	listener, err := new(net.ListenConfig).Listen(ctx, "tcp", address)
	if err != nil {
		return nil, usagef("--%s: %v; give it another address, or end the program that listens there", name, err)
	}
	limit := watchLimit
	return &ctrlmanager.Server{
		Name: name, Listener: listener, ShutdownTimeout: &limit,
		Server: &http.Server{Handler: seen, ReadHeaderTimeout: watchLimit, ReadTimeout: watchLimit, MaxHeaderBytes: 16 << 10},
	}, nil
}
