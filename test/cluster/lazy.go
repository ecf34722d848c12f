package cluster

import (
	"context"
	"errors"
	"fmt"
	"os"
	"time"
)

// mainLimit is how long the start of a package's cluster may take.
const mainLimit = 3 * time.Minute

// prepared is a cluster of which nothing runs yet.
func prepared(o Options) (*Cluster, error) {
	binaries, err := findBinaries()
	if err != nil {
		return nil, err
	}
	c := &Cluster{options: o, binaries: binaries}
	if err := c.prepare(); err != nil {
		return nil, errors.Join(fmt.Errorf("preparing the control plane: %w", err), c.Stop())
	}
	return c, nil
}

// wake starts the cluster of a package's tests when one of them first uses it: a run of pure tests starts none. Every exported method
// that needs it running calls this; what the start itself calls must not.
func (c *Cluster) wake() {
	if !c.asleep {
		return
	}
	c.awake.Do(func() {
		ctx, cancel := context.WithTimeout(context.Background(), mainLimit)
		defer cancel()
		if err := c.start(ctx); err != nil {
			fmt.Fprintln(os.Stderr, errors.Join(fmt.Errorf("starting the control plane: %w", err), c.Stop()))
			os.Exit(1) // no test of the package can go on, and none is to blame
		}
	})
}
