package portal

import (
	"encoding/json"
	"flag"
	"go/ast"
	"go/parser"
	"go/token"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/account-operator/account-operator/internal/password"
)

var update = flag.Bool("update", false, "write what is made: lines for new texts into languages/*.json, pictures into docs/images")

// Each text of the pages has a line in each language, with as much in it as the English, and there is no line more.
func TestLanguages_EachText_HasItsLineAndNoOther(t *testing.T) {
	said := textsOfTemplates(t)
	for text, where := range textsOfCode(t) {
		said[text] = where
	}
	for _, each := range newTongues().all[1:] {
		t.Run(each.Tag, func(t *testing.T) {
			if *update {
				write(t, each, said)
				return
			}
			for text, where := range said {
				there := each.texts[text]
				if there == "" {
					t.Errorf("%q of %s is not translated; next step: go test ./internal/portal -run Languages -update, and fill the line in", text, where)
				} else if !slices.Equal(places(text), places(there)) {
					t.Errorf("%q has other places to fill in than %q", there, text)
				}
			}
			for text := range each.texts {
				if said[text] == "" {
					t.Errorf("no page says %q any more; next step: go test ./internal/portal -run Languages -update", text)
				}
			}
		})
	}
}

// write keeps the lines of what is said, and has an empty one for what is new.
func write(t *testing.T, in tongue, said map[string]string) {
	t.Helper()
	lines := map[string]string{}
	for text := range said {
		lines[text] = in.texts[text]
	}
	file, err := os.Create(filepath.Join("languages", in.Tag+".json"))
	if err != nil {
		t.Fatal(err)
	}
	out := json.NewEncoder(file)
	out.SetEscapeHTML(false)
	out.SetIndent("", "  ")
	if err := out.Encode(lines); err != nil {
		t.Fatal(err)
	}
	if err := file.Close(); err != nil {
		t.Fatal(err)
	}
}

var place = regexp.MustCompile(`%(\[\d+\])?[a-z]`)

// places are where something stands in a text. They may be in another order if they say so: %[2]v.
func places(text string) []string {
	all := place.FindAllString(text, -1)
	if slices.ContainsFunc(all, func(p string) bool { return p[1] == '[' }) {
		slices.Sort(all)
	}
	return all
}

var (
	inTemplate = regexp.MustCompile("[{(]-? *(?:t|textFile) (\"(?:[^\"\\\\]|\\\\.)*\"|`[^`]*`)")
	sentence   = regexp.MustCompile(`^[A-Z][a-z']* .*|^[A-Z].*[.]$`)
	// textFields are those that have a text also where it is one word.
	textFields = []string{"Title", "Label", "Hint", "title"}
	// notShown are functions whose words are for others than account holders.
	notShown = []string{"errors.New", "fmt.Errorf", "http.Error", "p.log.Error"}
	// names are the same in each language.
	names = []string{"Amazon S3", "Authenticator app"}
)

// textsOfTemplates are those that templates say, with where.
func textsOfTemplates(t *testing.T) map[string]string {
	t.Helper()
	said := map[string]string{}
	paths, err := filepath.Glob("pages/*.html")
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range paths {
		content, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		for _, found := range inTemplate.FindAllStringSubmatch(string(content), -1) {
			text, err := strconv.Unquote(found[1])
			if err != nil {
				t.Fatal(err)
			}
			said[text] = path
		}
	}
	return said
}

// textsOfCode are those that Go says: what is said by say, what a text's field has, and whatever reads like a sentence.
func textsOfCode(t *testing.T) map[string]string {
	t.Helper()
	said := map[string]string{"English": "each language"}
	for _, month := range months {
		said[month] = "months"
	}
	for _, chosen := range []string{"", "\xff", "short", strings.Repeat("long", 100), "alice@example.com", "password1234"} {
		said[password.Flaw(chosen, "alice@example.com")] = "internal/password"
	}
	for path, file := range parsed(t, "*.go") {
		ast.Inspect(file, func(n ast.Node) bool { return noteTexts(n, path, said) })
	}
	look(t, "../store/sqlstore/notifications.go", func(n ast.Node, path string) {
		if pair, is := n.(*ast.KeyValueExpr); is && name(pair.Key) == "Name" {
			if kind, is := literal(pair.Value); is {
				said[words(kind)] = path
			}
		}
	})
	look(t, "../source/dotenv/error.go", func(n ast.Node, path string) {
		if text, is := literal(n); is && !strings.Contains(text, "%") && strings.Contains(text, " ") {
			said[text] = path
		}
	})
	maps.DeleteFunc(said, func(text, _ string) bool { return slices.Contains(names, text) })
	return said
}

// look shows each node of a file.
func look(t *testing.T, path string, at func(ast.Node, string)) {
	t.Helper()
	for path, file := range parsed(t, path) {
		ast.Inspect(file, func(n ast.Node) bool {
			at(n, path)
			return true
		})
	}
}

func parsed(t *testing.T, pattern string) map[string]*ast.File {
	t.Helper()
	paths, err := filepath.Glob(pattern)
	if err != nil {
		t.Fatal(err)
	}
	all := map[string]*ast.File{}
	for _, path := range paths {
		if strings.HasSuffix(path, "_test.go") {
			continue
		}
		if all[path], err = parser.ParseFile(token.NewFileSet(), path, nil, 0); err != nil {
			t.Fatal(err)
		}
	}
	return all
}

// noteTexts notes what a node says, and reports whether to look into it.
func noteTexts(n ast.Node, path string, said map[string]string) bool {
	call, is := n.(*ast.CallExpr)
	if is && slices.Contains(notShown, name(call.Fun)) {
		return false
	}
	if text := textIn(n); text != "" {
		said[text] = path
	}
	return true
}

// textIn is what a node has to say to account holders, or "".
func textIn(n ast.Node) (text string) {
	switch n := n.(type) {
	case *ast.CallExpr:
		if called := name(n.Fun); called == "say" || called == "t.text" {
			text, _ = literal(first(n.Args))
		}
	case *ast.KeyValueExpr:
		if slices.Contains(textFields, name(n.Key)) {
			text, _ = literal(n.Value)
		}
	case *ast.BasicLit:
		if text, _ = literal(n); !sentence.MatchString(text) {
			text = ""
		}
	}
	return text
}

func first(all []ast.Expr) ast.Node {
	if len(all) == 0 {
		return nil
	}
	return all[0]
}

func name(n ast.Expr) string {
	switch n := n.(type) {
	case *ast.Ident:
		return n.Name
	case *ast.SelectorExpr:
		return name(n.X) + "." + n.Sel.Name
	}
	return ""
}

func literal(n ast.Node) (string, bool) {
	lit, is := n.(*ast.BasicLit)
	if !is || lit.Kind != token.STRING {
		return "", false
	}
	text, err := strconv.Unquote(lit.Value)
	return text, err == nil
}
