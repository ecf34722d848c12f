package legible

import (
	"strings"
	"testing"
	"unicode/utf8"
)

func TestIsLine(t *testing.T) {
	for what, text := range map[string]string{
		"empty": "", "plain": "Example GmbH", "accents": "Größe", "combined accents": "Gro\u0308sse", "Chinese": "田中", "Hebrew": "\u05d0\u05dc\u05d9\u05e1",
		"Arabic": "\u0623\u0644\u064a\u0633", "Persian with its joiner": "\u0645\u06cc\u200c\u0631\u0648\u062f",
		"Hindi with its joiner": "\u0915\u094d\u200d\u0937", "an emoji": "\U0001F600", "a heart in colour": "\u2764\uFE0F",
		"a person at a computer, in a tone of skin": "\U0001F469\U0001F3FD\u200d\U0001F4BB", "a Chinese letter in another form": "\u845b\U000E0100",
		"a space that does not break": "10\u00a0000",
	} {
		if !IsLine(text) {
			t.Errorf("%s (%+q) is refused", what, text)
		}
	}
	for what, text := range hides {
		if IsLine(text) {
			t.Errorf("%s (%+q) is taken", what, text)
		}
	}
	for what, text := range map[string]string{"a line break": "a\nb", "an escape": "a\x1b[31m", "a separator of lines": "a\u2028b", "no UTF-8": "a\xff"} {
		if IsLine(text) {
			t.Errorf("%s (%+q) is taken", what, text)
		}
	}
}

// hides are texts that are not what they look like.
var hides = map[string]string{
	"a turned direction": "a\u202eb", "an isolated direction": "a\u2066b\u2069", "a mark of direction": "a\u200fb", "an Arabic mark": "a\u061cb",
	"a space without width": "a\u200bb", "a joiner between Latin letters": "a\u200db", "a joiner at the start": "\u200da",
	"two joiners": "\u0915\u200d\u200d", "a soft hyphen": "a\u00adb", "a byte order mark": "\ufeffa", "a filler": "\u3164", "tags": "a\U000E0041",
	"a form that the letter has not": "a\uFE0F", "forms in a row, which can hold a message": "\u845b\U000E0100\U000E0101", "a blank of Braille": "\u2800",
}

func TestShown(t *testing.T) {
	for what, text := range hides {
		got := Shown(text)
		if !IsLine(got) || !strings.ContainsRune(got, utf8.RuneError) {
			t.Errorf("%s (%+q) is shown as %+q", what, text, got)
		}
	}
	for _, text := range []string{"", "two\nlines", "Größe 田中", "\u0915\u094d\u200d\u0937"} {
		if got := Shown(text); got != text {
			t.Errorf("%+q is shown as %+q", text, got)
		}
	}
}

func FuzzShown(f *testing.F) {
	for _, text := range hides {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		shown := Shown(text)
		if !utf8.ValidString(shown) || hidden.MatchString(shown) {
			t.Errorf("%+q is shown as %+q", text, shown)
		}
		if utf8.RuneCountInString(shown) > utf8.RuneCountInString(text) {
			t.Errorf("%+q grew to %+q", text, shown)
		}
	})
}
