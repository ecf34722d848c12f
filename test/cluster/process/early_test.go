package process_test

import (
	"testing"
	"time"

	"github.com/account-operator/account-operator/test/cluster/process"
)

// What is ended before it ran is ended like everything else: nobody waits for its first words.
func TestGroup_ClosedRightAfterNewGroup_Ends(t *testing.T) {
	for range 50 {
		group, err := process.NewGroup()
		if err != nil {
			t.Fatal(err)
		}
		if err := group.Close(); err != nil {
			t.Fatal(err)
		}
	}
}

func TestProcess_StoppedRightAfterStart_Ends(t *testing.T) {
	group := newGroup(t)
	for range 50 {
		if err := start(t, group, "exec sleep 1000").Stop(time.Minute); err != nil {
			t.Fatal(err)
		}
		start(t, group, "exec sleep 1000").Kill()
	}
}
