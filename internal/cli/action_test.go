package cli_test

import (
	"testing"

	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/account-operator/account-operator/api/v1alpha1"
	"github.com/account-operator/account-operator/internal/cli"
)

func (s *scene) actions() []v1alpha1.AccountAction {
	s.Helper()
	var list v1alpha1.AccountActionList
	s.must(s.api.List(s.Context(), &list, client.InNamespace(s.ns)))
	return list.Items
}

func TestAction_HelpDeskRole_MakesEach(t *testing.T) {
	s := newScene(t)
	s.becomes(s.account("alice"), v1alpha1.ReasonSynced)
	s.as("clerk-of-"+s.ns, "account-operator-help-desk")

	s.holds(s.runs("reset-password", "alice"), "accountaction/reset-password-", "ConfirmationMailed: the address is not confirmed yet")
	s.holds(s.refuses(cli.ExitNo, "confirm-address", "alice", "mallory@example.com"), "AddressDiffers")
	s.holds(s.runs("confirm-address", "alice", s.email("alice")), "Completed: the address is confirmed now")
	s.holds(s.runs("resend-verification", "alice"), "AlreadyVerified")
	s.holds(s.runs("reset-2fa", "alice"), "NoSecondFactor: the account has no second factor")

	// Its help names the right that it takes where the policy asks for one
	s.holds(s.runs("confirm-address", "--help"), "account-operator-help-desk", "account-operator-confirm-address")

	types := map[v1alpha1.ActionType]int{}
	for _, x := range s.actions() {
		types[x.Spec.Type]++
		if ttl := x.Spec.TTLSecondsAfterFinished; ttl == nil || *ttl != 3600 {
			t.Errorf("%s stays for %v seconds, wanted an hour", x.Name, ttl)
		}
	}
	if len(types) != 4 {
		t.Errorf("actions created: %v", types)
	}
	r := s.run("status", "alice")
	s.holds(r.out, "account/alice", "├─ accountaction/", "ResetTwoFactor")
	s.holds(r.reported, "not shown, since you may not list them: envvarsets, cloudconnections, sshkeys")
	s.holds(s.refuses(cli.ExitForbidden, "suspend", "alice"), "patch accounts.account-operator.io", "account-operator-admin")
}

func TestAction_Failed_IsReportedWithItsReason(t *testing.T) {
	s := newScene(t)
	s.becomes(s.account("alice"), v1alpha1.ReasonSynced)
	s.foreign("UPDATE accounts SET email_changed_at = created_at WHERE email = ?", s.email("alice")) // and it was not proved since

	reported := s.refuses(cli.ExitNo, "reset-password", "alice")

	s.holds(reported, "failed: AddressNotConfirmed: no link is mailed")
	s.holds(s.run("reset-password", "alice", "-o", "yaml").out, "kind: AccountAction", "reason: AddressNotConfirmed")
}

func TestAction_NotPerformedInTime_SaysWhyAndHowToTakeItBack(t *testing.T) {
	s := newScene(t)
	s.account("alice", func(a *v1alpha1.Account) { a.Spec.ClassName = "nobody" })

	reported := s.refuses(cli.ExitTimeout, "reset-password", "alice", "--timeout", "1s")

	s.holds(reported, "after 1s still: no manager has looked at it yet", "kubectl -n "+s.ns+" delete accountaction reset-password-")
	s.holds(s.runs("reset-password", "alice", "--wait=false"), " created\n")
	if n := len(s.actions()); n != 2 {
		t.Errorf("%d actions, wanted those two", n)
	}
}

func TestAction_AccountMissing_IsNotMade(t *testing.T) {
	s := newScene(t)
	s.holds(s.refuses(cli.ExitNotFound, "reset-password", "alice"), `there is no Account "alice"`, "this namespace has none")
	s.account("alice")
	s.account("bob")

	s.holds(s.refuses(cli.ExitNotFound, "reset-password", "alcie"), "did you mean alice?")

	if n := len(s.actions()); n != 0 {
		t.Errorf("%d actions were made", n)
	}
}

func TestAction_KeptTooShort_IsRefused(t *testing.T) {
	s := newScene(t)
	s.holds(s.refuses(cli.ExitUsage, "reset-2fa", "alice", "--keep", "5s"), "write at least 1m")
}
