package dotenv

import (
	"maps"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/hashicorp/go-envparse"
	"github.com/joho/godotenv"
	"pgregory.net/rapid"
)

// plain are styles that every tool should know, with values in which nothing has a meaning.
var plain = []style{
	{"bare", rapid.StringMatching(`[a-zA-Z0-9]([ -!%-&(-\[\]-~]{0,20}[a-zA-Z0-9])?`), ""},
	{"empty", rapid.Just(""), ""},
	{"single", rapid.StringMatching(`[ -&(-\[\]-~]{0,20}`), "'"},
	{"double", rapid.StringMatching(`[ -!#%-\[\]-~]{0,20}`), `"`},
}

// TestParse_PlainText_IsReadAsByOthers holds us to what two other parsers agree about. Where they differ, and in what both get
// wrong by our rules (a name given twice), the tables decide.
func TestParse_PlainText_IsReadAsByOthers(t *testing.T) {
	agreed := 0
	rapid.Check(t, func(t *rapid.T) {
		name := rapid.StringMatching(`[A-Z_][A-Z0-9_]{0,9}`).Draw(t, "name")
		s := rapid.SampledFrom(plain).Draw(t, "style")
		text := blanks.Draw(t, "blank") + s.write(t, name, s.values.Draw(t, "value")) + blanks.Draw(t, "blank")
		one, oneErr := godotenv.Unmarshal(text)
		two, twoErr := envparse.Parse(strings.NewReader(text))
		if oneErr != nil || twoErr != nil || !maps.Equal(one, two) {
			return
		}
		agreed++
		variables, err := Parse([]byte(text))
		if err != nil || len(variables) != 1 {
			t.Fatalf("%d variables and %v of %q", len(variables), err, text)
		}
		if diff := cmp.Diff(one, map[string]string{variables[0].Name: string(variables[0].Value)}); diff != "" {
			t.Errorf("variables (-others +got) of %q:\n%s", text, diff)
		}
	})
	t.Logf("the others agreed on %d texts", agreed)
	if agreed < 10 {
		t.Errorf("the others agreed on %d texts only, so little was tried", agreed)
	}
}
