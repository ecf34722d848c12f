//go:build race

package manager_test

import (
	"os"
	"strings"
	"testing"

	"github.com/account-operator/account-operator/test/manager"
)

// Given what make test leaves out of the race detector, then the programs that tests build leave out the same: it is compiled once.
func TestAsTested_LeavesOutWhatMakeTestDoes(t *testing.T) {
	makefile, err := os.ReadFile("../../Makefile")
	if err != nil {
		t.Fatal(err)
	}
	_, rest, _ := strings.Cut(string(makefile), "-gcflags=%=-race=false,")
	packages, _, found := strings.Cut(rest, "))")
	if !found {
		t.Fatal("the Makefile has no UNWATCHED")
	}
	want := []string{"-race"}
	for _, path := range strings.Fields(packages) {
		want = append(want, "-gcflags="+path+"=-race=false")
	}
	if got := strings.Join(manager.AsTested, " "); got != strings.Join(want, " ") {
		t.Errorf("the Makefile has\n%v, and programs are built with\n%v", want, got)
	}
}
