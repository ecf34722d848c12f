package cli

import "testing"

func TestTarget_WrittenAsForKubectl_IsUnderstood(t *testing.T) {
	for arg, want := range map[string]string{
		"alice": "account/alice", "acct/alice": "account/alice", "Account/alice": "account/alice", "accounts/alice": "account/alice",
		"account.account-operator.io/alice": "account/alice", "evs/x": "envvarset/x", "envvarsets/x": "envvarset/x", "cconn/x": "cloudconnection/x", "sshk/x": "sshkey/x",
	} {
		got, err := parseTarget(arg)
		if err != nil || got.String() != want {
			t.Errorf("%s is %s (%v), wanted %s", arg, got, err, want)
		}
	}
	for _, arg := range []string{"", "/", "evs/", "evs/a/b", "pods/x", "acctact/x"} {
		if got, err := parseTarget(arg); err == nil || ExitCode(err) != ExitUsage {
			t.Errorf("%q is %s, with %v", arg, got, err)
		}
	}
}
