package smtp_test

import (
	"testing"

	"github.com/account-operator/account-operator/test/smtp"
)

// A server that was stopped before it knew its listener accepted for ever, and Stop waited for it: one run of the tests in
// two hung.
func TestServer_StoppedRightAfterStart_Ends(t *testing.T) {
	for range 500 {
		server, err := smtp.Start(smtp.Options{})
		if err != nil {
			t.Fatal(err)
		}
		if err := server.Stop(); err != nil {
			t.Fatal(err)
		}
	}
}
