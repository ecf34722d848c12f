package status

import (
	"github.com/account-operator/account-operator/api/v1alpha1"
	"github.com/account-operator/account-operator/internal/store"
)

// Counts are where the status of an Account shows how many rows of each kind the account has.
func Counts(s *v1alpha1.AccountStatus) map[store.Kind]**int32 {
	return map[store.Kind]**int32{
		store.KindEnvVarSet:       &s.EnvVarCount,
		store.KindCloudConnection: &s.CloudConnectionCount,
		store.KindSSHKey:          &s.SSHKeyCount,
	}
}
