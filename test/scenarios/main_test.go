package scenarios

import (
	"os"
	"testing"

	"go.uber.org/goleak"
	"go.uber.org/zap/zapcore"
	ctrl "sigs.k8s.io/controller-runtime"
	"sigs.k8s.io/controller-runtime/pkg/log/zap"

	"github.com/account-operator/account-operator/internal/logs"
	"github.com/account-operator/account-operator/test/cluster"
	"github.com/account-operator/account-operator/test/postgres"
)

// local is the control plane that all tests of this package share, each in a namespace and with a store of its own.
var local *cluster.Cluster

// server is the PostgreSQL server that they share, each with a database of its own.
var server *postgres.Server

// logged is all that the managers of this package wrote, at the highest level.
var logged = &syncBuffer{}

func TestMain(m *testing.M) {
	written := zap.New(zap.WriteTo(logged), zap.Level(zapcore.Level(-10)))
	ctrl.SetLogger(logs.Bounded(written))
	run := func() int {
		return cluster.Main(m.Run, cluster.Options{CRDs: []string{"config/crd/bases"}, Audit: true}, func(c *cluster.Cluster) { local = c }, leaks...)
	}
	os.Exit(postgres.Main(run, postgres.Options{}, func(s *postgres.Server) { server = s }, leaks...))
}

// leaks are left over by others.
var leaks = []goleak.Option{
	// client-go's event broadcaster does not end its watchers when it is shut down with events on their way.
	goleak.IgnoreTopFunction("k8s.io/apimachinery/pkg/watch.(*filteredWatch).loop"),
	// controller-runtime waits for a handler's first list for ever where a manager is stopped before that.
	goleak.IgnoreTopFunction("sigs.k8s.io/controller-runtime/pkg/cache.newMultiNamespaceInformerHandlerRegistration.func1"),
}
