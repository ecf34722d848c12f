package envvarset

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/account-operator/account-operator/api/v1alpha1"
	"github.com/account-operator/account-operator/internal/controller/clusterview"
	"github.com/account-operator/account-operator/internal/controller/outcome"
)

func named(name string) *v1alpha1.Account {
	a := &v1alpha1.Account{}
	a.Name = name
	return a
}

func TestResult_ManyAreBlocked_TheFirstAreNamedInOrder(t *testing.T) {
	r := &result{}
	for n := range 30 {
		name := fmt.Sprintf("a%02d", (n*7)%30)
		r.blocks(named(name), clusterview.AccountNotReady(name))
	}
	got := r.accounts(40)
	if got.Matched != 40 || got.Ready != 10 || got.Blocked != 30 || got.Progress != "10/40" || len(got.NotReady) != maxNotReady {
		t.Errorf("status is %+v", got)
	}
	for n, b := range got.NotReady {
		if want := fmt.Sprintf("a%02d", n); b.Name != want || b.Reason != string(v1alpha1.ReasonAccountNotReady) {
			t.Errorf("%d is %s, %s", n, b.Name, b.Reason)
		}
	}
}

func TestResult_EachState_HasItsOutcome(t *testing.T) {
	again := errors.New("the connection broke")
	type verdict struct {
		Ready, Stalled, Retried, Follows bool
		Reason                           v1alpha1.Reason
	}
	waiting, stalled := clusterview.AccountNotReady("a"), clusterview.AccountNotManaged("b")
	for name, c := range map[string]struct {
		blocked []error
		result
		want verdict
	}{
		"all have it":                         {want: verdict{Ready: true, Reason: v1alpha1.ReasonSynced}},
		"one is on its way":                   {blocked: []error{waiting}, want: verdict{Reason: v1alpha1.ReasonAccountsNotReady}},
		"a person has to act for one":         {blocked: []error{waiting, stalled}, want: verdict{Reason: v1alpha1.ReasonAccountsNotReady, Stalled: true}},
		"one is to be tried again":            {blocked: []error{again}, want: verdict{Reason: v1alpha1.ReasonAccountsNotReady, Retried: true}},
		"some are left":                       {result: result{left: 3}, want: verdict{Reason: v1alpha1.ReasonApplying, Follows: true}},
		"some are left, and one is blocked":   {blocked: []error{stalled}, result: result{left: 3}, want: verdict{Reason: v1alpha1.ReasonApplying, Follows: true}},
		"many are to lose it":                 {result: result{unconfirmed: 12}, want: verdict{Reason: v1alpha1.ReasonRemovalNotConfirmed, Stalled: true}},
		"many are to lose it, one is blocked": {blocked: []error{again}, result: result{unconfirmed: 12}, want: verdict{Reason: v1alpha1.ReasonRemovalNotConfirmed, Stalled: true, Retried: true}},
		"one that is going has no row":        {result: result{leaving: 1}, want: verdict{Ready: true, Reason: v1alpha1.ReasonSynced}},
	} {
		t.Run(name, func(t *testing.T) {
			for n, err := range c.blocked {
				c.blocks(named(fmt.Sprint(n)), err)
			}
			v := outcome.Judge(c.outcome(40))
			got := verdict{v.Ready, v.Stalled, v.Retry != nil, v.After > 0, v.Reason}
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// Given Accounts on their way out, some that the next pass looks at, and one that is in the way, then those that leave count nowhere, and
// the others not as ready.
func TestResult_SomeLeaveAndSomeAreLeft_OnlyTheOthersAreReady(t *testing.T) {
	r := &result{leaving: 2, left: 3}
	r.blocks(named("bob"), clusterview.AccountNotReady("bob"))
	if got := r.accounts(40); got.Matched != 38 || got.Ready != 34 || got.Blocked != 1 || got.Progress != "34/38" {
		t.Errorf("status is %+v", got)
	}
	r.left = 0
	if got := outcome.Judge(r.outcome(40)).Message; !strings.HasPrefix(got, "37 of 38 Accounts have all of this set; bob: ") {
		t.Errorf("it says %q", got)
	}
}
