package long_test

import (
	"testing"

	"go.uber.org/goleak"

	"github.com/account-operator/account-operator/test/long"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestSize_NotAskedFor_IsTheSmallOne(t *testing.T) {
	t.Setenv(long.Variable, "")
	if got := long.Choose(20, 100); got != 20 {
		t.Errorf("without the variable the size is %d", got)
	}
	t.Setenv(long.Variable, "1")
	if got := long.Choose(20, 100); got != 100 {
		t.Errorf("with the variable the size is %d", got)
	}
}
