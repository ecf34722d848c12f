package telemetry

import (
	"testing"

	"github.com/account-operator/account-operator/internal/store"
)

func TestSnake_Calls_AreOperations(t *testing.T) {
	for call, want := range map[string]string{
		"Act": "act", "PutAccount": "put_account", "SyncEnvVars": "sync_env_vars", "TakeMails": "take_mails",
		"PutSSHKey": "put_ssh_key", "DeleteSSH": "delete_ssh",
	} {
		if got := snake(call); got != want {
			t.Errorf("%s: %s, wanted %s", call, got, want)
		}
	}
	for _, k := range store.ClaimingKinds {
		if unmeasured[k.Write] {
			t.Errorf("%s is not measured", k.Write)
		}
	}
}
