// Package words finds all messages that the code of a package has, so that a table of causes and words can be held to them: one
// that no cause of the table brings about is named.
package words

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// Place is where messages stand in code: an argument of each call of a function, a field of each literal of a type, or what a
// function returns.
type Place struct {
	Call    string // a function's name
	Literal string // a type's name
	Returns string // a function's name
	At      int    // which argument, or which field where those have no names
	Field   string // which field
}

// Message is one of the code's, with gaps where it is put together.
type Message struct {
	Where string // file and line
	Text  string
	said  *regexp.Regexp
}

// Of lists the messages of a folder's package.
func Of(folder string, places ...Place) (all []Message, err error) {
	err = eachFile(folder, false, func(files *token.FileSet, file *ast.File) {
		ast.Inspect(file, func(n ast.Node) bool {
			for _, p := range places {
				for _, e := range p.in(n) {
					position := files.Position(e.Pos())
					all = append(all, messages(fmt.Sprintf("%s:%d", filepath.Base(position.Filename), position.Line), e)...)
				}
			}
			return true
		})
	})
	if err == nil && len(all) == 0 {
		err = fmt.Errorf("no messages found in %s", folder)
	}
	return all, err
}

// Unsaid lists those messages that nothing said has.
func Unsaid(all []Message, said []string) (missing []string) {
	for _, m := range all {
		if !slices.ContainsFunc(said, m.said.MatchString) {
			missing = append(missing, m.Where+": "+m.Text)
		}
	}
	return missing
}

// enough is how long a text is that cannot be part of a message by chance.
const enough = 8

// Unexpected lists those messages of which the tests of a folder expect no part.
func Unexpected(all []Message, folder string) (missing []string, err error) {
	var expected []string
	err = eachFile(folder, true, func(_ *token.FileSet, file *ast.File) {
		ast.Inspect(file, func(n ast.Node) bool {
			if lit, is := n.(*ast.BasicLit); is && lit.Kind == token.STRING {
				if text, err := strconv.Unquote(lit.Value); err == nil && len(text) >= enough {
					expected = append(expected, text)
				}
			}
			return true
		})
	})
	for _, m := range all {
		if !slices.ContainsFunc(expected, func(text string) bool { return strings.Contains(m.Text, text) }) {
			missing = append(missing, m.Where+": "+m.Text)
		}
	}
	return missing, err
}

// Selected lists the names of another package's constants that the code of a folder mentions, as v1alpha1.ReasonSynced.
func Selected(folder, from, prefix string) (names []string, err error) {
	err = eachFile(folder, false, func(_ *token.FileSet, file *ast.File) {
		ast.Inspect(file, func(n ast.Node) bool {
			if s, is := n.(*ast.SelectorExpr); is && strings.HasPrefix(s.Sel.Name, prefix) {
				if x, is := s.X.(*ast.Ident); is && x.Name == from {
					names = append(names, s.Sel.Name)
				}
			}
			return true
		})
	})
	return names, err
}

// eachFile parses the files of a package, or of its tests.
func eachFile(folder string, tests bool, do func(*token.FileSet, *ast.File)) error {
	entries, err := os.ReadDir(folder)
	if err != nil {
		return err
	}
	files := token.NewFileSet()
	for _, e := range entries {
		if !strings.HasSuffix(e.Name(), ".go") || strings.HasSuffix(e.Name(), "_test.go") != tests {
			continue
		}
		file, err := parser.ParseFile(files, filepath.Join(folder, e.Name()), nil, 0)
		if err != nil {
			return err
		}
		do(files, file)
	}
	return nil
}

// in are the expressions of a node that give messages.
func (p Place) in(n ast.Node) []ast.Expr {
	switch n := n.(type) {
	case *ast.CallExpr:
		return p.argument(n)
	case *ast.CompositeLit:
		return p.literal(n)
	case *ast.FuncDecl:
		if n.Name.Name == p.Returns {
			return returned(n)
		}
	}
	return nil
}

func (p Place) literal(of *ast.CompositeLit) []ast.Expr {
	if nameOf(of.Type) == p.Literal && p.Literal != "" {
		return p.field(of.Elts)
	}
	return nil
}

// nameOf is the name of a function or a type, of this package or another.
func nameOf(e ast.Expr) string {
	switch e := e.(type) {
	case *ast.Ident:
		return e.Name
	case *ast.SelectorExpr:
		return e.Sel.Name
	default:
		return ""
	}
}

func (p Place) argument(call *ast.CallExpr) []ast.Expr {
	if nameOf(call.Fun) == p.Call && p.Call != "" && len(call.Args) > p.At {
		return call.Args[p.At : p.At+1]
	}
	return nil
}

func (p Place) field(elements []ast.Expr) []ast.Expr {
	for i, e := range elements {
		switch pair, named := e.(*ast.KeyValueExpr); {
		case named && p.Field != "" && pair.Key.(*ast.Ident).Name == p.Field:
			return []ast.Expr{pair.Value}
		case !named && p.Field == "" && i == p.At:
			return []ast.Expr{e}
		}
	}
	return nil
}

func returned(f *ast.FuncDecl) (all []ast.Expr) {
	ast.Inspect(f, func(n ast.Node) bool {
		if r, is := n.(*ast.ReturnStmt); is {
			all = append(all, r.Results...)
		}
		return true
	})
	return all
}

// verb is what a format leaves to an argument.
var verb = regexp.MustCompile(`%[-+# 0]*\d*(\\?\.\d+)?[a-zA-Z]`)

// messages is nothing for what has no words of its own.
func messages(where string, e ast.Expr) []Message {
	pattern, text, words := spelled(e)
	if !words {
		return nil
	}
	return []Message{{Where: where, Text: text, said: regexp.MustCompile(`(?s)` + pattern)}}
}

// spelled is what an expression says: a pattern of it, and a text to show.
func spelled(e ast.Expr) (pattern, text string, words bool) {
	switch e := e.(type) {
	case *ast.BasicLit:
		said, err := strconv.Unquote(e.Value)
		if err != nil || e.Kind != token.STRING {
			break
		}
		rest := verb.ReplaceAllString(said, "")
		return verb.ReplaceAllString(regexp.QuoteMeta(said), ".*"), said, strings.ContainsFunc(rest, func(r rune) bool { return r >= 'a' && r <= 'z' })
	case *ast.BinaryExpr:
		p, t, w := spelled(e.X)
		p2, t2, w2 := spelled(e.Y)
		return p + p2, t + t2, w || w2
	case *ast.CallExpr: // fmt.Sprintf and its like
		if len(e.Args) > 0 {
			if _, is := e.Fun.(*ast.SelectorExpr); is {
				return spelled(e.Args[0])
			}
		}
	}
	return ".*", "...", false
}
