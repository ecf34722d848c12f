package dotenv

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// A style is a way to write values down.
type style struct {
	name   string
	values *rapid.Generator[string]
	quote  string
}

var (
	bare   = rapid.StringMatching(`[^\x00\r\n\t "'#=]([^\x00\r\n\t ]| [^\x00\r\n\t #]){0,20}`) // one that begins with = may be the rest of another
	styles = []style{
		{"bare", bare, ""},
		{"empty", rapid.Just(""), ""},
		{"single", rapid.StringMatching(`[^\x00\r']{0,20}`), "'"},
		{"double", rapid.StringMatching(`[^\x00\r"\\]{0,20}`), `"`},
	}

	space    = rapid.StringMatching(`[ \t]{0,3}`)
	comments = rapid.OneOf(rapid.Just(""), rapid.StringMatching(`[ \t]#[^\x00\r\n]{0,20}`))
	blanks   = rapid.StringMatching(`([ \t]{0,2}(#[^\x00\r\n]{0,9})?\n){0,2}`)
	exports  = rapid.StringMatching(`(export[ \t]{1,2})?`)
	lineEnds = rapid.SampledFrom([]string{"\n", "\r\n", "\r"})
)

// write writes a variable in a style, with everything around it that does not matter, and a line end.
func (s style) write(t *rapid.T, name, value string) string {
	before := space.Draw(t, "indent") + exports.Draw(t, "export") + name + space.Draw(t, "space") + "="
	return before + space.Draw(t, "space") + s.quote + value + s.quote + comments.Draw(t, "comment") + space.Draw(t, "space") + "\n"
}

func TestParse_AnyStyle_IsReadAsMeant(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var want []Variable
		text := blanks.Draw(t, "blank")
		for _, name := range distinct(t) {
			s := rapid.SampledFrom(styles).Draw(t, "style")
			value := s.values.Draw(t, "value")
			want = append(want, variable(strings.Count(text, "\n")+1, name, value))
			text += s.write(t, name, value) + blanks.Draw(t, "blank")
		}
		text = strings.ReplaceAll(text, "\n", lineEnds.Draw(t, "line end"))
		got, err := Parse([]byte(text))
		if err != nil {
			t.Fatalf("%v of %q", err, text)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("variables (-want +got) of %q:\n%s", text, diff)
		}
	})
}
