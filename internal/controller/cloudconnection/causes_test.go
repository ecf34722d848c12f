package cloudconnection

import (
	"testing"

	"github.com/account-operator/account-operator/api/v1alpha1"
	"github.com/account-operator/account-operator/internal/controller/outcome"
	"github.com/account-operator/account-operator/test/causes"
)

func TestConditions_EachCause_HasItsOwnWords(t *testing.T) {
	causes.Check(t, []causes.Cause{
		causes.Of("another connection has the name", outcome.Judge(connectionNameHeld()), v1alpha1.ReasonNameConflict, `the account has a connection of this name that this object does not manage; give this object another name`),
		causes.Of("a connection that is not to be verified", notVerified, v1alpha1.ReasonVerificationDisabled, `spec.verification is Disabled; leave it out to have the provider asked`),
		causes.Of("a connection that was just stored", verifying, v1alpha1.ReasonVerifying, `the provider is about to be asked`),
	})
}
