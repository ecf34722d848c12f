package clusterview

import (
	"testing"

	"github.com/account-operator/account-operator/api/v1alpha1"
	"github.com/account-operator/account-operator/internal/controller/outcome"
	"github.com/account-operator/account-operator/test/causes"
)

func TestConditions_EachCause_HasItsOwnWords(t *testing.T) {
	a := &v1alpha1.Account{Spec: v1alpha1.AccountSpec{CommonSpec: v1alpha1.CommonSpec{ClassName: "gpu"}}}
	a.Name = "alice"
	odd := &v1alpha1.EnvVarSet{}
	odd.Spec.AccountSelector = &v1alpha1.AccountSelector{MatchLabels: map[string]string{"not a label": "x"}}
	_, noSelector := SelectorOf(odd)
	causes.Check(t, []causes.Cause{
		causes.Of("its selector is none", outcome.Judge(noSelector), v1alpha1.ReasonInvalid, `spec.accountSelector is not a selector of labels; write the labels as Accounts have them`),
		causes.Of("there is no Account", outcome.Judge(AccountNotFound("alice")), v1alpha1.ReasonAccountNotFound, `there is no Account "alice" in this namespace; create it, or delete this object`),
		causes.Of("the Account has no row", outcome.Judge(AccountNotReady("alice")), v1alpha1.ReasonAccountNotReady, `the Account "alice" is not in the store; see its conditions`),
		causes.Of("the Account is another manager's", outcome.Judge(classMismatch(a, &v1alpha1.EnvVarSet{})), v1alpha1.ReasonClassMismatch, `the Account "alice" is of class "gpu", this object of class ""; make it anew with the Account's className`),
		causes.Of("the Account is only observed", outcome.Judge(AccountNotManaged("alice")), v1alpha1.ReasonAccountNotManaged, `the Account "alice" is only observed, so nothing of it is written; set its spec.managementPolicy to Manage, or delete this object`),
	})
}
