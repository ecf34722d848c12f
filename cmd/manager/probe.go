package main

import (
	"net/netip"
	"time"

	"github.com/spf13/pflag"

	"github.com/account-operator/account-operator/internal/probe"
)

// probeConfig is how providers of storage are asked whether they take a connection.
type probeConfig struct {
	allowEndpoints []string
	probeTimeout   time.Duration
}

func (c *probeConfig) probeFlags(f *pflag.FlagSet) {
	f.StringSliceVar(&c.allowEndpoints, "allow-endpoint-cidrs", nil,
		"addresses that are not public and at which connections may be verified all the same, such as 10.20.0.0/16")
	f.DurationVar(&c.probeTimeout, "probe-timeout", 10*time.Second, "how long a provider has to answer when a connection is verified")
}

func (c *probeConfig) checkProbes() error {
	if _, err := c.endpoints(); err != nil {
		return err
	}
	if c.probeTimeout <= 0 {
		return usagef("--probe-timeout must be longer than 0")
	}
	return nil
}

// endpoints are the ranges of --allow-endpoint-cidrs.
func (c *probeConfig) endpoints() ([]netip.Prefix, error) {
	return ranges("allow-endpoint-cidrs", c.allowEndpoints)
}

// checker asks as the operator does.
func (c *probeConfig) checker() (*probe.Checker, error) {
	endpoints, err := c.endpoints()
	return &probe.Checker{Timeout: c.probeTimeout, Allow: endpoints}, err
}
