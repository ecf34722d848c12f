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
	causes.Check(t, []causes.Cause{
		causes.Of("another set has a name", outcome.Judge(taken.conflict()), v1alpha1.ReasonNameConflict, `HF_TOKEN is held by the EnvVarSet "base"; rename it or remove it from one of the two; the rest of this set is applied`),
		causes.Of("other sets have several names", outcome.Judge(more.conflict()), v1alpha1.ReasonNameConflict, `HF_TOKEN is held by the EnvVarSet "base" (and 1 more, see status.conflicts); rename it or remove it from one of the two; the rest of this set is applied`),
	})
}
