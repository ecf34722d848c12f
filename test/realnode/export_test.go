package realnode

import "context"

// Enter runs this program again in a sandbox.
func Enter(ctx context.Context, env ...string) (int, error) { return enter(ctx, env...) }

// Cgroups are folders of control groups.
type Cgroups struct{ *cgroups }

// NewCgroups makes them.
func NewCgroups(name string) (Cgroups, error) {
	c, err := newCgroups(name)
	return Cgroups{c}, err
}

// Folders are where they are.
func (c Cgroups) Folders() []string { return c.folders() }

// Remove removes them.
func (c Cgroups) Remove() error { return c.remove() }

// Sweep removes those that were left behind.
func Sweep(prefix string) { sweep(prefix) }
