package dotenv

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

var (
	names = rapid.StringMatching(`([A-Z_.-][A-Z0-9_.-]{0,9}|[a-z_.-][a-z0-9_.-]{0,9})`)

	// contents are values of any kind, rich in what has a meaning somewhere.
	contents = rapid.StringOf(rapid.OneOf(
		rapid.RuneFrom([]rune("$\\\"'`#=:{}() \t\n\r\ufeff\u00a0\u0085\u2028nrtx0")),
		rapid.Rune().Filter(func(r rune) bool { return r != 0 }),
	))
)

func distinct(t *rapid.T) []string {
	return rapid.SliceOfDistinct(names, func(s string) string { return s }).Draw(t, "names")
}

func TestRender_Parsed_IsTheSame(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var want []Variable
		for i, name := range distinct(t) {
			want = append(want, variable(i+1, name, contents.Draw(t, "value")))
		}
		got, err := Parse(Render(want))
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("variables (-want +got):\n%s", diff)
		}
	})
}

func TestRender_Text_TakesALineAVariable(t *testing.T) {
	got := string(Render([]Variable{variable(0, "A", "x\r\n\t$B"), variable(0, "B", `"\'`), {Name: "C"}}))
	want := `A="x\r\n\t\$B"` + "\n" + `B="\"\\'"` + "\n" + `C=""` + "\n"
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("text (-want +got):\n%s", diff)
	}
}
