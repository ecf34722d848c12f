package cloudconnection

import (
	"testing"

	"github.com/account-operator/account-operator/api/v1alpha1"
	"github.com/account-operator/account-operator/test/causes"
)

func TestConditions_EachCause_HasItsOwnWords(t *testing.T) {
	causes.Check(t, []causes.Cause{
		causes.Of("a connection that is not to be verified", notVerified, v1alpha1.ReasonVerificationDisabled, `spec.verification is Disabled; leave it out to have the provider asked`),
		causes.Of("a connection that was just stored", verifying, v1alpha1.ReasonVerifying, `the provider is about to be asked`),
	})
}
