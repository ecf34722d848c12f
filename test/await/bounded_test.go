package await

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"strings"
	"testing"
)

// root of the repository.
const root = "../.."

// exempt marks a line that waits for ever or not at all, and says why.
const exempt = "//unbounded:"

// Given all files of tests, when one receives from a channel outside of a select, or waits for a group or a command, then it does so by
// this package. What time itself ends, and contexts, are left out.
func TestWaits_OfAllTests_HaveADeadline(t *testing.T) {
	files := 0
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && isForeign(d.Name()):
			return filepath.SkipDir
		case d.IsDir() || !strings.HasSuffix(path, "_test.go"):
			return nil
		}
		files++
		waits, err := unbounded(path, nil)
		for _, w := range waits {
			t.Errorf("%s waits without a deadline; use test/await, or write %s and why", w, exempt)
		}
		return err
	})
	if err != nil || files < 300 {
		t.Fatalf("%d files, %v", files, err)
	}
}

// isForeign reports whether a folder holds what is not ours.
func isForeign(folder string) bool {
	return strings.HasPrefix(folder, ".") && folder != ".." || folder == "node_modules" || folder == "bin"
}

func TestUnbounded(t *testing.T) {
	const head = "package p\nfunc f() {\n"
	for body, want := range map[string]int{
		"<-ended": 1, "x := <-ended; _ = x": 1, "use(<-ended)": 1, "group.Wait()": 1, "_ = cmd.Wait()": 1, "go func() { <-end }()": 1,
		"select { case <-ended: <-other }": 1, "<-ctx.Done()": 0, "<-timer.C": 0, "<-time.After(x)": 0, "synctest.Wait()": 0,
		"select { case <-ended: case x := <-other: _ = x }": 0, "await.End(t, group.Wait)": 0, "<-ended //unbounded: because": 0,
	} {
		waits, err := unbounded("f.go", head+body+"\n}")
		if err != nil || len(waits) != want {
			t.Errorf("%s: %v, %v", body, waits, err)
		}
	}
}

// unbounded are the positions of waits without an end.
func unbounded(path string, source any) (waits []string, err error) {
	files := token.NewFileSet()
	file, err := parser.ParseFile(files, path, source, parser.ParseComments)
	if err != nil {
		return nil, err
	}
	chosen, exempted := map[ast.Node]bool{}, exemptions(files, file)
	ast.Inspect(file, func(n ast.Node) bool {
		if clause, ok := n.(*ast.CommClause); ok && clause.Comm != nil {
			ast.Inspect(clause.Comm, func(n ast.Node) bool {
				chosen[n] = true
				return true
			})
		}
		if n != nil && !chosen[n] && waitsForEver(n) {
			if at := files.Position(n.Pos()); !exempted[at.Line] {
				waits = append(waits, at.String())
			}
		}
		return true
	})
	return waits, nil
}

func exemptions(files *token.FileSet, file *ast.File) map[int]bool {
	lines := map[int]bool{}
	for _, group := range file.Comments {
		for _, c := range group.List {
			if strings.HasPrefix(c.Text, exempt+" ") {
				lines[files.Position(c.Pos()).Line] = true
			}
		}
	}
	return lines
}

func waitsForEver(n ast.Node) bool {
	switch e := n.(type) {
	case *ast.UnaryExpr:
		return e.Op == token.ARROW && !endsByItself(e.X)
	case *ast.CallExpr:
		called, ok := e.Fun.(*ast.SelectorExpr)
		if !ok || called.Sel.Name != "Wait" || len(e.Args) > 0 {
			return false
		}
		of, ok := called.X.(*ast.Ident)
		return !ok || of.Name != "synctest"
	}
	return false
}

// endsByItself reports a channel that time closes, or a context.
func endsByItself(channel ast.Expr) bool {
	switch c := channel.(type) {
	case *ast.SelectorExpr:
		return c.Sel.Name == "C"
	case *ast.CallExpr:
		called, ok := c.Fun.(*ast.SelectorExpr)
		return ok && (called.Sel.Name == "Done" || called.Sel.Name == "After")
	}
	return false
}
