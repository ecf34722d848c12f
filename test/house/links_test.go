package house_test

import (
	"os/exec"
	"slices"
	"strings"
	"testing"
)

// Given what others build into their programs, or run where there is no manager, then no client of a key management service is linked into it; the manager
// has one, so this test knows its name.
func TestLinks_ClientOfAKMS_IsTheManagersAlone(t *testing.T) {
	for pattern, linked := range map[string]bool{
		"./pkg/accounts/...": false, "./cmd/account-env": false, "./cmd/kubectl-account": false, "./internal/seal": false, "./cmd/manager": true,
	} {
		cmd := exec.CommandContext(t.Context(), "go", "list", "-deps", pattern)
		cmd.Dir = root
		listed, err := cmd.Output()
		if err != nil {
			t.Fatalf("%s: %v", pattern, err)
		}
		clients := slices.DeleteFunc(strings.Fields(string(listed)), func(path string) bool {
			return !strings.HasPrefix(path, "github.com/hashicorp/vault/") && !strings.HasPrefix(path, "github.com/tink-crypto/tink-go-hcvault/")
		})
		if (len(clients) > 0) != linked {
			t.Errorf("%s links %v", pattern, clients)
		}
	}
}

// Given a program that is put into instances, and the client that it is made of, then no engine of a store is linked into them: they would be twice as large.
func TestLinks_EnginesOfStores_AreNotInClients(t *testing.T) {
	for pattern, linked := range map[string]bool{"./pkg/accounts": false, "./cmd/account-env": false, "./cmd/kubectl-account": false, "./pkg/accounts/db": true} {
		cmd := exec.CommandContext(t.Context(), "go", "list", "-deps", pattern)
		cmd.Dir = root
		listed, err := cmd.Output()
		if err != nil {
			t.Fatalf("%s: %v", pattern, err)
		}
		engines := slices.DeleteFunc(strings.Fields(string(listed)), func(path string) bool {
			return path != "modernc.org/sqlite" && path != "github.com/jackc/pgx/v5"
		})
		if (len(engines) > 0) != linked {
			t.Errorf("%s links %v", pattern, engines)
		}
	}
}
