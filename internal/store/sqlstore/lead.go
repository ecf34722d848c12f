package sqlstore

import "github.com/account-operator/account-operator/internal/store"

// lead is who may write for a Lease. In a store that was put back to an older state an epoch comes again, a token never does.
type lead struct {
	cluster, lease string
	epoch          int64
	token          store.Secret // the store keeps its hash
}
