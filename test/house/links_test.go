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
		"./pkg/accounts": false, "./cmd/account-env": false, "./cmd/kubectl-account": false, "./internal/seal": false, "./cmd/manager": true,
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
