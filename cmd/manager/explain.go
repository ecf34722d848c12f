package main

import (
	"errors"
	"fmt"
	"net"
	"strings"
	"syscall"
)

// explained adds to an error of the manager's what to do, where its own words do not say so.
func explained(c config, err error) error {
	switch {
	case err == nil:
		return nil
	case strings.Contains(err.Error(), "cache to sync") || strings.Contains(err.Error(), "caches to sync"):
		return fmt.Errorf("%w: the API server did not list what the manager watches in time; see the lines before this one, and the manager's rights", err)
	default:
		return inUse(c, err)
	}
}

// inUse names the flag of an address that another program listens on.
func inUse(c config, err error) error {
	var listening *net.OpError
	if !errors.As(err, &listening) || !errors.Is(err, syscall.EADDRINUSE) {
		return err
	}
	taken, _ := listening.Addr.(*net.TCPAddr)
	for flag, address := range map[string]string{
		"metrics-bind-address": c.metricsAddress, "health-probe-bind-address": c.healthAddress, "diagnostics": c.diagnostics,
	} {
		_, port, splitErr := net.SplitHostPort(address)
		if splitErr == nil && taken != nil && port == fmt.Sprint(taken.Port) {
			return usagef("another program listens on %s: give --%s another address, or end that program", address, flag)
		}
	}
	return err
}
