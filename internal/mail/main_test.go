package mail_test

import (
	"testing"

	"go.uber.org/goleak"

	"github.com/account-operator/account-operator/test/network"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m, network.Left()...) }
