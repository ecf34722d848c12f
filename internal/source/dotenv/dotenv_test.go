package dotenv

import (
	"bytes"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func variable(line int, name, value string) Variable {
	return Variable{Name: name, Value: []byte(value), Line: line}
}

// values are texts whose only variable is A, by the value that it has to have.
var values = map[string]struct{ text, want string }{
	// What other tools change: the table of the design.
	"a dollar is no reference":            {`A=pa$$w0rd`, `pa$$w0rd`},
	"nor in double quotes":                {`A="x$HOME"`, `x$HOME`},
	"nor with braces":                     {`A=${B:-def}`, `${B:-def}`},
	"nor with parentheses":                {`A="$(id) $(B)"`, `$(id) $(B)`},
	"a comment needs white space":         {`A=a#b`, `a#b`},
	"JSON is kept":                        {`A={"j":"x"}`, `{"j":"x"}`},
	"JSON with spaces is kept":            {`A={"j": ["x", 'y']}`, `{"j": ["x", 'y']}`},
	"double quotes over two lines":        {"A=\"x\ny\"", "x\ny"},
	"a byte order mark":                   {"\ufeffA=v", "v"},
	"a byte order mark in the value":      {"A=\ufeffv", "\ufeffv"},
	"export":                              {"export A=v", "v"},
	"export with much white space":        {" \texport \t A=v", "v"},
	"empty":                               {"A=", ""},
	"empty before a line":                 {"A=\n\n", ""},
	"empty in double quotes":              {`A=""`, ""},
	"empty in single quotes":              {`A=''`, ""},
	"empty before a comment":              {"A= # c", ""},
	"a hash right after the equals sign":  {"A=#v", "#v"},
	"white space around is trimmed":       {" \tA \t= \tv w \t", "v w"},
	"a comment is cut":                    {"A=v w \t# c", "v w"},
	"a comment after a tab":               {"A=v\t#c", "v"},
	"only the first hash that comments":   {"A=a#b #c #d", "a#b"},
	"quotes inside are kept":              {`A=it's "so"`, `it's "so"`},
	"a quote at the end is kept":          {`A=5"`, `5"`},
	"back quotes are kept":                {"A=`v`", "`v`"},
	"backslashes are kept":                {`A=C:\new\t`, `C:\new\t`},
	"a backslash joins no lines":          {"A=v\\\n", `v\`},
	"an equals sign in the value":         {"A=b=c==", "b=c=="},
	"no-break space is no white space":    {"A=\u00a0v\u00a0", "\u00a0v\u00a0"},
	"single quotes are literal":           {`A='a\n"$B" # \'`, `a\n"$B" # \`},
	"single quotes over lines":            {"A='x\n\n# y\n'", "x\n\n# y\n"},
	"quotes keep white space":             {"A=\" v\t\" \t", " v\t"},
	"escapes":                             {`A="\n\t\r\"\\\$"`, "\n\t\r\"\\$"},
	"an escaped backslash escapes no n":   {`A="\\n"`, `\n`},
	"a single quote in double quotes":     {`A="it's"`, "it's"},
	"a comment after quotes":              {`A="v" # "c`, "v"},
	"a comment after single quotes":       {"A='v'\t#'", "v"},
	"CRLF ends a value":                   {"A=v\r\n\r\n", "v"},
	"CR ends a value":                     {"A=v\r#c\r", "v"},
	"CRLF in double quotes is a new line": {"A=\"x\r\ny\"\r\n", "x\ny"},
	"CR in single quotes is a new line":   {"A='x\ry\r\r\nz'\r", "x\ny\n\nz"},
	"many alphabets":                      {"A=日本 \"é\" 🎉", "日本 \"é\" 🎉"},
}

func TestParse_Value_IsKeptAsMeant(t *testing.T) {
	for name, c := range values {
		t.Run(name, func(t *testing.T) {
			got, err := Parse([]byte(c.text))
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff([]Variable{variable(1, "A", c.want)}, got); diff != "" {
				t.Errorf("variables (-want +got):\n%s", diff)
			}
		})
	}
}

func TestParse_Variables_AreInOrderWithTheirLines(t *testing.T) {
	for name, c := range map[string]struct {
		text string
		want []Variable
	}{
		"nothing":              {"", nil},
		"a byte order mark":    {"\ufeff", nil},
		"blank lines":          {" \n\t\r\n\r", nil},
		"comments":             {"# A=1\n  #B=2", nil},
		"several":              {"Z=1\n# c\n\nA=2\n", []Variable{variable(1, "Z", "1"), variable(4, "A", "2")}},
		"all line ends":        {"A=1\r\nB=2\rC=3\n\rD=4", []Variable{variable(1, "A", "1"), variable(2, "B", "2"), variable(3, "C", "3"), variable(5, "D", "4")}},
		"after quotes":         {"A=\"\n\n\"\nB='\r\n'\nC=3", []Variable{variable(1, "A", "\n\n"), variable(4, "B", "\n"), variable(6, "C", "3")}},
		"names of all forms":   {"_=1\na.b-C_9=2\n-=3\n.=4", []Variable{variable(1, "_", "1"), variable(2, "a.b-C_9", "2"), variable(3, "-", "3"), variable(4, ".", "4")}},
		"case makes two names": {"a=1\nA=2", []Variable{variable(1, "a", "1"), variable(2, "A", "2")}},
		"names called export":  {"export=1\nexport EXPORT=2\nexports=3", []Variable{variable(1, "export", "1"), variable(2, "EXPORT", "2"), variable(3, "exports", "3")}},
		"export with a space":  {"export = v", []Variable{variable(1, "export", "v")}},
		"export of export":     {"export export=v", []Variable{variable(1, "export", "v")}},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := Parse([]byte(c.text))
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Errorf("variables (-want +got):\n%s", diff)
			}
		})
	}
}

func TestParse_LongestText_IsTaken(t *testing.T) {
	text := []byte("A=" + strings.Repeat("v", MaxBytes-2))
	if got, err := Parse(text); err != nil || len(got) != 1 || len(got[0].Value) != MaxBytes-2 {
		t.Fatalf("got %d variables and %v", len(got), err)
	}
}

func TestParse_TextOverwritten_ValuesStay(t *testing.T) {
	text := []byte("A=one\nB='two'\nC=\"three\"")
	got, err := Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	copy(text, bytes.Repeat([]byte("x"), len(text)))
	want := []Variable{variable(1, "A", "one"), variable(2, "B", "two"), variable(3, "C", "three")}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("variables (-want +got):\n%s", diff)
	}
}
