package dotenv

import (
	"bytes"
	"errors"
	"regexp"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"
)

var (
	valid = regexp.MustCompile(`^[-._a-zA-Z][-._a-zA-Z0-9]*$`)

	// fixed is what an error may say: one of the problems, and numbers.
	fixed = regexp.MustCompile(`^line \d+, column \d+: (` + strings.ReplaceAll(strings.Join([]string{
		regexp.QuoteMeta(problemTooLong), regexp.QuoteMeta(problemNotUTF8), regexp.QuoteMeta(problemNUL),
		regexp.QuoteMeta(problemRest), regexp.QuoteMeta(problemAlone), regexp.QuoteMeta(problemBlock), regexp.QuoteMeta(problemScrambled),
		regexp.QuoteMeta(problemNoName), regexp.QuoteMeta(problemNameStart), regexp.QuoteMeta(problemName),
		regexp.QuoteMeta(problemNoEquals), regexp.QuoteMeta(problemUnclosed), regexp.QuoteMeta(problemEscape),
		regexp.QuoteMeta(problemAfterQuotes), regexp.QuoteMeta(problemTwice),
	}, "|"), "%d", `\d+`) + `)$`)
)

// FuzzParse wants -fuzzminimizetime=50x: by default Go spends a minute on making each find smaller, and tries nothing else.
func FuzzParse(f *testing.F) {
	for _, c := range values {
		f.Add([]byte(c.text))
	}
	for _, c := range wrong {
		if len(c.text) < 1000 {
			f.Add([]byte(c.text))
		}
	}
	f.Fuzz(func(t *testing.T, text []byte) { assertPromises(t, text) })
}

// TestParse_AnyText_KeepsItsPromises is what the fuzzer tries, on texts made of what has a meaning.
func TestParse_AnyText_KeepsItsPromises(t *testing.T) {
	pieces := rapid.SampledFrom([]string{
		"A", "B", "export", "1", "=", "#", `"`, `'`, `\`, "n", "$", " ", "\t", "\n", "\r", "é", "\ufeff", "\x00", "\xff",
	})
	rapid.Check(t, func(t *rapid.T) {
		assertPromises(t, []byte(strings.Join(rapid.SliceOf(pieces).Draw(t, "pieces"), "")))
	})
}

func assertPromises(t rapid.TB, text []byte) {
	t.Helper()
	variables, err := Parse(text)
	if err != nil {
		assertFixed(t, text, variables, err)
	} else {
		assertValid(t, variables)
		assertRendered(t, variables)
	}
	assertSame(t, text, variables, err)
}

func assertFixed(t rapid.TB, text []byte, variables []Variable, err error) {
	t.Helper()
	if e := (*Error)(nil); !errors.As(err, &e) || e.Line > len(text)+1 || e.Column > len(text)+1 || e.FirstLine > e.Line {
		t.Errorf("no position in the text: %v", err)
	}
	if variables != nil || !fixed.MatchString(err.Error()) {
		t.Errorf("%d variables and %q", len(variables), err)
	}
}

func assertValid(t rapid.TB, variables []Variable) {
	t.Helper()
	names := map[string]bool{}
	line := 0
	for _, v := range variables {
		if !valid.MatchString(v.Name) || names[v.Name] || v.Line <= line {
			t.Errorf("%q in line %d, after line %d", v.Name, v.Line, line)
		}
		if v.Value == nil || !utf8.Valid(v.Value) || bytes.IndexByte(v.Value, 0) >= 0 {
			t.Errorf("%q has the value %q", v.Name, v.Value)
		}
		names[v.Name], line = true, v.Line
	}
}

func assertRendered(t rapid.TB, variables []Variable) {
	t.Helper()
	text := Render(variables)
	if len(text) > MaxBytes {
		return
	}
	again, err := Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(variables, again, cmpopts.IgnoreFields(Variable{}, "Line")); diff != "" {
		t.Errorf("parsed and rendered (-parsed +again):\n%s", diff)
	}
}

// assertSame holds that neither the kind of line ends nor a byte order mark matter.
func assertSame(t rapid.TB, text []byte, want []Variable, wantErr error) {
	t.Helper()
	if len(text) > MaxBytes/2 || bytes.IndexByte(text, '\r') >= 0 || bytes.HasPrefix(text, []byte("\ufeff")) {
		return
	}
	for _, other := range [][]byte{
		bytes.ReplaceAll(text, []byte("\n"), []byte("\r\n")),
		bytes.ReplaceAll(text, []byte("\n"), []byte("\r")),
		append([]byte("\ufeff"), text...),
	} {
		got, err := Parse(other)
		if diff := cmp.Diff(want, got) + cmp.Diff(wantErr, err); diff != "" {
			t.Errorf("%q (-as it is +otherwise):\n%s", other, diff)
		}
	}
}
