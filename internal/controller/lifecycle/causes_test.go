package lifecycle

import (
	"testing"

	"github.com/account-operator/account-operator/api/v1alpha1"
	"github.com/account-operator/account-operator/internal/controller/outcome"
	"github.com/account-operator/account-operator/test/causes"
)

func TestConditions_EachCause_HasItsOwnWords(t *testing.T) {
	causes.Check(t, []causes.Cause{
		causes.Of("another object's row has the name", outcome.Judge(nameHeld("connection")), v1alpha1.ReasonNameConflict, `the account has a connection of this name that this object does not manage; give this object another name`),
	})
}
