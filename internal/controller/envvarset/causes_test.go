package envvarset

import (
	"slices"
	"testing"

	"github.com/account-operator/account-operator/api/v1alpha1"
	"github.com/account-operator/account-operator/internal/controller/outcome"
	"github.com/account-operator/account-operator/test/causes"
)

func TestConditions_EachCause_HasItsOwnWords(t *testing.T) {
	taken := plan{conflicts: []v1alpha1.EnvVarConflict{{Name: "HF_TOKEN", Holder: "base"}}}
	more := plan{conflicts: append(slices.Clone(taken.conflicts), v1alpha1.EnvVarConflict{Name: "WANDB", Holder: "base"})}
	bob := v1alpha1.BlockedAccount{Name: "bob", Message: "it is not there"}
	one, two := result{blocked: []v1alpha1.BlockedAccount{bob}}, result{blocked: []v1alpha1.BlockedAccount{bob, {Name: "alice", Message: "it is held"}}, stalled: true}
	causes.Check(t, []causes.Cause{
		causes.Of("one of its accounts is blocked", outcome.Judge(one.outcome(40)), v1alpha1.ReasonAccountsNotReady, `39 of 40 Accounts have all of this set; bob: it is not there`),
		causes.Of("several of its accounts are blocked", outcome.Judge(two.outcome(40)), v1alpha1.ReasonAccountsNotReady, `38 of 40 Accounts have all of this set; alice: it is held (and 1 more, see status.accounts.notReady)`),
		causes.Of("it is not through with its accounts", outcome.Judge((&result{left: 3}).outcome(40)), v1alpha1.ReasonApplying, `the set is being given to its Accounts; status.accounts says how many have it`),
		causes.Of("many accounts lose it", outcome.Judge((&result{unconfirmed: 12}).outcome(40)), v1alpha1.ReasonRemovalNotConfirmed, `accountSelector does not match 12 Accounts any more that have this set; have it match them again, or take their variables from them by the annotation account-operator.io/confirm-removal: "12"`),
		causes.Of("another set has a name", outcome.Judge(taken.conflict(inStatus)), v1alpha1.ReasonNameConflict, `HF_TOKEN is held by the EnvVarSet "base"; rename it or remove it from one of the two; the rest of this set is applied`),
		causes.Of("other sets have several names", outcome.Judge(more.conflict(inStatus)), v1alpha1.ReasonNameConflict, `HF_TOKEN is held by the EnvVarSet "base" (and 1 more, see status.conflicts); rename it or remove it from one of the two; the rest of this set is applied`),
	})
}
