package standin_test

import (
	"testing"

	"go.uber.org/goleak"

	"github.com/account-operator/account-operator/test/standin"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestDropbox_ClosedRightAfterStart_Ends(*testing.T) {
	for range 200 {
		standin.Dropbox{}.Start().Close()
	}
}
