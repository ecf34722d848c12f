package gate_test

import (
	"net/http"
	"testing"

	"github.com/account-operator/account-operator/test/await"
	"github.com/account-operator/account-operator/test/gate"
)

// Given a gate that was just opened, when its test ends, then it is shut, also with a request on its way that a fault holds up.
func TestOpen_ShutRightAfterwards_Ends(t *testing.T) {
	for range 20 {
		t.Run("nobody came", func(t *testing.T) { begin(t) })
		t.Run("a request is held up", func(t *testing.T) {
			s := begin(t)
			f := s.Arm(gate.Rule{Do: gate.HoldBefore})
			go func() {
				request, _ := http.NewRequest(http.MethodGet, s.host+secret, http.NoBody)
				if answer, err := s.client.Do(request); err == nil {
					_ = answer.Body.Close()
				}
			}()
			await.Value(t, f.Sprung())
		})
	}
}
