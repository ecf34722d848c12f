// Package v1alpha1_test asks a real API server what it makes of our kinds: what it takes, what it refuses and in which
// words. Its tables are meant to be read as the rules of the API.
package v1alpha1_test

import (
	"os"
	"testing"

	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/account-operator/account-operator/test/cluster"
)

// admin is a client of the cluster that all tests of this package share.
var admin client.Client

func TestMain(m *testing.M) {
	var local *cluster.Cluster
	os.Exit(cluster.Main(m.Run, cluster.Options{CRDs: []string{"config/crd/bases"}}, func(c *cluster.Cluster) {
		local = c
		var err error
		if admin, err = local.Client(); err != nil {
			panic(err)
		}
	}))
}
