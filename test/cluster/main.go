package cluster

import (
	"fmt"
	"os"

	"go.uber.org/goleak"

	"github.com/account-operator/account-operator/test/leaks"
)

// Main is the body of a TestMain: it runs a package's tests with one cluster for
// all of them, hands it to use first, and returns the exit code. The cluster
// starts when it is first used, in use or by a test. Main fails the run when a
// goroutine is left over after the cluster is gone.
//
//	func TestMain(m *testing.M) {
//		os.Exit(cluster.Main(m.Run, cluster.Options{}, func(c *cluster.Cluster) { local = c }))
//	}
//
// Tests that need PostgreSQL as well hand postgres.Main a function that calls
// this one.
func Main(run func() int, o Options, use func(*Cluster), left ...goleak.Option) int {
	return leaks.Main(func() int { return onCluster(run, o, use) }, left...)
}

func onCluster(run func() int, o Options, use func(*Cluster)) int {
	c, err := prepared(o)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	c.asleep = true
	use(c)
	code := run()
	if err := c.Stop(); err != nil {
		fmt.Fprintln(os.Stderr, "stopping the control plane:", err)
		return 1
	}
	return code
}
