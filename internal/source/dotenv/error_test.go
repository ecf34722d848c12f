package dotenv

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func at(line, column int, problem string) Error {
	return Error{Line: line, Column: column, Problem: problem}
}

func twice(line, column, first int) Error {
	return Error{Line: line, Column: column, Problem: fmt.Sprintf(problemTwice, first), FirstLine: first}
}

// wrong are texts with something wrong, by what has to be reported.
var wrong = map[string]struct {
	text string
	want Error
}{
	"a name alone":                        {"A", at(1, 2, problemNoEquals)},
	"a name alone before another":         {"A\nB=1", at(1, 2, problemNoEquals)},
	"two words":                           {"A B=1", at(1, 3, problemNoEquals)},
	"three words with export":             {"export A B=1", at(1, 10, problemNoEquals)},
	"a name and a comment":                {"A # =", at(1, 3, problemNoEquals)},
	"export alone":                        {"export", at(1, 7, problemNoEquals)},
	"export and white space":              {"export \n", at(1, 8, problemNoName)},
	"no name":                             {"A=1\n =v", at(2, 2, problemNoName)},
	"no name after a byte order mark":     {"\ufeff=v", at(1, 1, problemNoName)},
	"a digit first":                       {"1A=v", at(1, 1, problemNameStart)},
	"a digit first after export":          {"export 1A=v", at(1, 8, problemNameStart)},
	"a quote first":                       {`"A"=v`, at(1, 1, problemNameStart)},
	"a second byte order mark":            {"\ufeff\ufeffA=v", at(1, 1, problemNameStart)},
	"a no-break space first":              {"\u00a0A=v", at(1, 1, problemNameStart)},
	"a colon as in YAML":                  {"A: v", at(1, 2, problemName)},
	"an accent":                           {"\tCAFÉ=v", at(1, 5, problemName)},
	"plus equals":                         {"A+=v", at(1, 2, problemName)},
	"double quotes not closed":            {"B=1\nA= \"x\ny", at(2, 4, problemUnclosed)},
	"single quotes not closed":            {`A='x"`, at(1, 3, problemUnclosed)},
	"a closing quote that is escaped":     {`A="x\"`, at(1, 3, problemUnclosed)},
	"a backslash at the end":              {`A="x\`, at(1, 3, problemUnclosed)},
	"columns count characters":            {`A="日本é\q"`, at(1, 7, problemEscape)},
	"an escape in a later line":           {"A=\"x\r\n é\\u0041\"", at(2, 3, problemEscape)},
	"an escaped line end":                 {"A=\"x\\\ny\"", at(1, 5, problemEscape)},
	"an escaped single quote":             {`A="\'"`, at(1, 4, problemEscape)},
	"text after double quotes":            {`A="x"y`, at(1, 6, problemAfterQuotes)},
	"text and space after quotes":         {`A="x" y`, at(1, 7, problemAfterQuotes)},
	"text after single quotes":            {`A='it's'`, at(1, 7, problemAfterQuotes)},
	"quotes after quotes":                 {`A="x""y"`, at(1, 6, problemAfterQuotes)},
	"text after quotes in a later line":   {"A=\"x\ny\"z", at(2, 3, problemAfterQuotes)},
	"a hash without space after quotes":   {`A="x"#c`, at(1, 6, problemAfterQuotes)},
	"a name twice":                        {"A=1\nB=2\nA=3", twice(3, 1, 1)},
	"twice with the same value":           {"A=1\rA=1", twice(2, 1, 1)},
	"twice with export, after long lines": {"\n\nA='\n\n'\n  export A=1", twice(6, 10, 3)},
	"NUL":                                 {"A=1\r\nB=é\x00", at(2, 4, problemNUL)},
	"NUL in a comment":                    {"#\x00", at(1, 2, problemNUL)},
	"invalid UTF-8":                       {"A=1\rB=é\xff", at(2, 4, problemNotUTF8)},
	"invalid UTF-8 in a comment":          {"# \xc3", at(1, 3, problemNotUTF8)},
	"UTF-16":                              {"\xff\xfeA\x00=\x00", at(1, 1, problemNotUTF8)},
	"the first of two":                    {"A=\"\\q\\q\"\n1", at(1, 4, problemEscape)},
	"too long":                            {"A=1\n#" + strings.Repeat("x", MaxBytes-4), at(2, MaxBytes-3, problemTooLong)},
	"too long with CRLF":                  {strings.Repeat("\r\n", MaxBytes), at(MaxBytes/2+1, 1, problemTooLong)},
}

func TestError_WrongText_NamesLineAndColumn(t *testing.T) {
	for name, c := range wrong {
		t.Run(name, func(t *testing.T) {
			got, err := Parse([]byte(c.text))
			e := (*Error)(nil)
			if !errors.As(err, &e) || got != nil {
				t.Fatalf("got %d variables and %v", len(got), err)
			}
			if diff := cmp.Diff(&c.want, e); diff != "" {
				t.Errorf("error (-want +got):\n%s", diff)
			}
		})
	}
}

func TestError_Text_IsASentence(t *testing.T) {
	for text, want := range map[string]string{
		"A=1\n\nB":      "line 3, column 2: a name is followed by an equals sign, which is missing here",
		"A=1\nB=2\nA=3": "line 3, column 1: this name is given in line 1 already",
	} {
		if _, err := Parse([]byte(text)); err == nil || err.Error() != want {
			t.Errorf("got %v, want %s", err, want)
		}
	}
}
