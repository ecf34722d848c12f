package dotenv

import (
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// said are values of characters that no message has four of in a row, so that finding four means a leak.
var said = rapid.StringMatching(`[A-Z0-9]{4,12}(\n?=?[A-Z0-9]{4,12}){0,2}`)

// breakages are what goes wrong when texts are written by hand or cut.
var breakages = []string{"", `"`, `'`, `\`, "\n", "=", "#", " ", "\x00", "\xff", "é", `\x`}

func TestError_AnyText_HasNoPartOfAValue(t *testing.T) {
	failed := 0
	rapid.Check(t, func(t *rapid.T) {
		var all []string
		text := ""
		for range rapid.IntRange(1, 4).Draw(t, "variables") {
			quote := rapid.SampledFrom([]string{"", `"`, `'`}).Draw(t, "quote")
			value := said.Draw(t, "value")
			name := rapid.OneOf(names, said).Draw(t, "name")
			all = append(all, value)
			text += name + "=" + quote + value + quote + "\n"
		}
		from := rapid.IntRange(0, len(text)).Draw(t, "from")
		to := rapid.IntRange(from, min(from+3, len(text))).Draw(t, "to")
		text = text[:from] + rapid.SampledFrom(breakages).Draw(t, "breakage") + text[to:]
		_, err := Parse([]byte(text))
		if err == nil {
			return
		}
		failed++
		for _, value := range all {
			for i := range len(value) - 3 {
				if strings.Contains(err.Error(), value[i:i+4]) {
					t.Fatalf("%v holds a part of %q", err, value)
				}
			}
		}
	})
	if failed == 0 {
		t.Error("no text was wrong, so nothing was tried")
	}
}
