package cli

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func drawn(t *testing.T, how tree, rows ...row) string {
	t.Helper()
	var text strings.Builder
	if err := how.write(&text, rows); err != nil {
		t.Fatal(err)
	}
	return text.String()
}

func TestTree_Colours_StaysInLine(t *testing.T) {
	rows := []row{
		{name: "account/a", ready: "True", reason: "Synced", age: "1d", about: "x", notes: []string{"one"}},
		{name: "envvarset/of-a-long-name", ready: "False", reason: "SourceMissing", age: "2m", about: "y", notes: []string{"two"}},
		{name: "accountaction/b", ready: "Unknown", reason: "-", age: "1s", about: "z", notes: []string{"three"}},
	}
	plain := drawn(t, tree{}, rows...)
	want := `OBJECT                        READY     REASON          AGE   ABOUT
account/a                     True      Synced          1d    x
│    one
├─ envvarset/of-a-long-name   False     SourceMissing   2m    y
│    two
└─ accountaction/b            Unknown   -               1s    z
     three
`
	if diff := cmp.Diff(want, plain); diff != "" {
		t.Errorf("tree (-want +got):\n%s", diff)
	}
	coloured := drawn(t, tree{color: true}, rows...)
	uncoloured := strings.NewReplacer("\x1b[31m", "", "\x1b[32m", "", "\x1b[33m", "", "\x1b[39m", "").Replace(coloured)
	if diff := cmp.Diff(plain, uncoloured); diff != "" || coloured == plain {
		t.Errorf("without its colours (-plain +coloured):\n%s", diff)
	}
}

func TestTree_HostileText_DoesNotMoveTheCursor(t *testing.T) {
	got := drawn(t, tree{}, row{name: "account/a", ready: "True", about: "a\x1b[2Jb", notes: []string{"c\x1b[1Ad\ne\rf"}})
	if strings.ContainsAny(got, "\x1b\r") || strings.Count(got, "\n") != 3 {
		t.Errorf("%q", got)
	}
}
