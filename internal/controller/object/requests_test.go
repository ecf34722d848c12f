package object

import (
	"testing"
	"time"

	"github.com/account-operator/account-operator/api/v1alpha1"
)

func TestAnIntervalOfItsOwnIsSpread(t *testing.T) {
	alice := &v1alpha1.Account{}
	alice.Spec.ResyncIntervalSeconds = new(int32(30))
	if got := ResyncInterval(alice); got < 22*time.Second || got > 38*time.Second {
		t.Errorf("the interval is %s; wanted 30 s, a quarter to either side", got)
	}
	for _, none := range []*int32{nil, new(int32(0))} {
		alice.Spec.ResyncIntervalSeconds = none
		if got := ResyncInterval(alice); got != 0 {
			t.Errorf("an interval of %v is %s", none, got)
		}
	}
}
