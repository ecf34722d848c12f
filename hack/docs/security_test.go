package main

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"sigs.k8s.io/yaml"
)

// proof is a sentence of docs/security.md, by its first words, and the tests that fail where it is not true; or why there is none: it
// defines a word, or says what is not done.
type proof struct {
	Says   string   `json:"says"`
	Tests  []string `json:"tests"`
	Reason string   `json:"reason"`
}

// Given docs/security.md, when it is read sentence by sentence, then security.yaml names a test for each, or says why it has none, and
// names nothing that is not there.
func TestSecurityPage_EverySentence_HasATestBesideIt(t *testing.T) {
	text, err := os.ReadFile("security.yaml")
	if err != nil {
		t.Fatal(err)
	}
	var proofs []proof
	if err := yaml.UnmarshalStrict(text, &proofs); err != nil {
		t.Fatal(err)
	}
	page, err := os.ReadFile("../../docs/security.md")
	if err != nil {
		t.Fatal(err)
	}
	all := sentences(string(page))
	for _, sentence := range all {
		if !slices.ContainsFunc(proofs, func(p proof) bool { return strings.HasPrefix(sentence, p.Says) }) {
			t.Errorf("no test is named for this sentence; write it into hack/docs/security.yaml: %s", sentence)
		}
	}
	for _, p := range proofs {
		p.assertGood(t, all)
	}
}

func (p proof) assertGood(t *testing.T, sentences []string) {
	t.Helper()
	if !slices.ContainsFunc(sentences, func(sentence string) bool { return strings.HasPrefix(sentence, p.Says) }) {
		t.Errorf("no sentence of docs/security.md begins like this any more: %s", p.Says)
	}
	if (len(p.Tests) == 0) == (p.Reason == "") {
		t.Errorf("give tests or the reason why there is none: %s", p.Says)
	}
	for _, test := range p.Tests {
		if !exists(t, test) {
			t.Errorf("%q names %s, which does not exist", p.Says, test)
		}
	}
}

var (
	afterSentence = regexp.MustCompile("[.] [A-Z`]")
	heading       = regexp.MustCompile(`^ *[*][*][^*.]+[.][*][*] `) // within a paragraph, as in "**In links.** Opening one"
)

// sentences are those of a page, without headings, the heads of tables and what stands in blocks of code. A row of a table is one.
func sentences(page string) (all []string) {
	block, code := "", false
	end := func() {
		all = append(all, split(strings.ReplaceAll(heading.ReplaceAllString(block, ""), "**", ""))...)
		block = ""
	}
	lines := strings.Split(page, "\n")
	for i, line := range lines {
		switch line = strings.TrimSpace(line); {
		case strings.HasPrefix(line, "```"):
			code = !code
		case code:
		case line == "", strings.HasPrefix(line, "#"):
			end()
		case strings.HasPrefix(line, "|"):
			end()
			if !strings.HasPrefix(line, "| ---") && !strings.HasPrefix(lines[i+1], "| ---") {
				all = append(all, strings.Trim(line, "| "))
			}
		case strings.HasPrefix(line, "- "):
			end()
			block = line[2:]
		default:
			block += " " + line
		}
	}
	end()
	return all
}

func split(block string) (all []string) {
	for block = strings.TrimSpace(block); block != ""; {
		at := afterSentence.FindStringIndex(block)
		if at == nil {
			return append(all, block)
		}
		all, block = append(all, block[:at[0]+1]), block[at[0]+2:]
	}
	return all
}

// exists reports whether a package has the test. What stands behind a slash is a case of a table, or a promise of the store's, and must
// stand in the package's text, or in that of storetest.
func exists(t *testing.T, test string) bool {
	t.Helper()
	folder, name, _ := strings.Cut(test, " ")
	name, inner, _ := strings.Cut(name, "/")
	files, err := filepath.Glob(filepath.Join("../..", folder, "*_test.go"))
	if err != nil {
		t.Fatal(err)
	}
	found, text := false, ""
	for _, file := range files {
		source, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		text += string(source)
		parsed, err := parser.ParseFile(token.NewFileSet(), file, source, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		for _, d := range parsed.Decls {
			fn, is := d.(*ast.FuncDecl)
			found = found || is && fn.Name.Name == name
		}
	}
	return found && (inner == "" || strings.Contains(text+promises(t), `"`+inner+`"`))
}

// promises is the text of the store's conformance suite.
func promises(t *testing.T) (text string) {
	t.Helper()
	files, err := filepath.Glob("../../internal/store/storetest/*.go")
	if err != nil || len(files) == 0 {
		t.Fatalf("there is no conformance suite (%v)", err)
	}
	for _, file := range files {
		source, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		text += string(source)
	}
	return text
}
