package realnode_test

import (
	"os"
	"testing"

	"github.com/go-logr/logr"
	ctrl "sigs.k8s.io/controller-runtime"

	"github.com/account-operator/account-operator/test/realnode"
)

// local is the node that all tests share.
var local *realnode.Node

func TestMain(m *testing.M) {
	ctrl.SetLogger(logr.Discard()) // clients of this program have nothing to say
	if part := os.Getenv(doomed); part != "" {
		playsDoomed(part)
	}
	os.Exit(realnode.Main(m, func(n *realnode.Node) { local = n }))
}
