// Package house knows how the code is laid out: which package may import which, and how far the files of one hang together.
package house

import (
	"go/ast"
	"go/importer"
	"go/parser"
	"go/token"
	"go/types"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

// Module is the prefix of each package of ours.
const Module = "github.com/account-operator/account-operator/"

// Imports are the packages of ours that the code of a folder imports, without the prefix. Tests do not count.
func Imports(folder string) (imports []string, err error) {
	files, err := parsed(token.NewFileSet(), folder, parser.ImportsOnly)
	for _, file := range files {
		for _, i := range file.Imports {
			path, _ := strconv.Unquote(i.Path.Value)
			if ours, is := strings.CutPrefix(path, Module); is && !slices.Contains(imports, ours) {
				imports = append(imports, ours)
			}
		}
	}
	slices.Sort(imports)
	return imports, err
}

// Packages are the folders below one that have code, with the folder as their prefix.
func Packages(root, below string) (folders []string, err error) {
	err = filepath.WalkDir(filepath.Join(root, below), func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !isCode(d.Name()) {
			return err
		}
		folder, err := filepath.Rel(root, filepath.Dir(path))
		if !slices.Contains(folders, folder) {
			folders = append(folders, folder)
		}
		return err
	})
	return folders, err
}

// Circles are the sets of files of a folder's package that all lead to each other by what they use, the largest first.
func Circles(folder string) ([][]string, error) {
	set := token.NewFileSet()
	files, err := parsed(set, folder, 0)
	if err != nil {
		return nil, err
	}
	uses := map[*ast.Ident]types.Object{}
	// What other packages have stays unknown, and is not asked for.
	config := types.Config{Importer: importer.ForCompiler(set, "none", nil), Error: func(error) {}, FakeImportC: true}
	pkg, _ := config.Check(folder, set, files, &types.Info{Uses: uses})
	to := map[string][]string{}
	for id, object := range uses {
		from := filepath.Base(set.Position(id.Pos()).Filename)
		if object.Pkg() != pkg || !object.Pos().IsValid() {
			continue
		}
		if at := filepath.Base(set.Position(object.Pos()).Filename); at != from && !slices.Contains(to[from], at) {
			to[from] = append(to[from], at)
		}
	}
	return circles(to), nil
}

// circles are the strongly connected components of a graph that have more than one member.
func circles(to map[string][]string) (all [][]string) {
	reaches := func(from string) map[string]bool {
		seen, next := map[string]bool{}, to[from]
		for len(next) > 0 {
			at := next[0]
			next = next[1:]
			if !seen[at] {
				seen[at] = true
				next = append(next, to[at]...)
			}
		}
		return seen
	}
	reach := map[string]map[string]bool{}
	for file := range to {
		reach[file] = reaches(file)
	}
	done := map[string]bool{}
	for file := range to {
		if done[file] || !reach[file][file] {
			continue
		}
		var circle []string
		for other := range reach[file] {
			if reach[other][file] {
				circle, done[other] = append(circle, other), true
			}
		}
		slices.Sort(circle)
		all = append(all, circle)
	}
	slices.SortFunc(all, func(a, b []string) int { return len(b) - len(a) })
	return all
}

func isCode(name string) bool {
	return strings.HasSuffix(name, ".go") && !strings.HasSuffix(name, "_test.go")
}

func parsed(set *token.FileSet, folder string, mode parser.Mode) (files []*ast.File, err error) {
	entries, err := os.ReadDir(folder)
	if err != nil {
		return nil, err
	}
	for _, e := range entries {
		if !isCode(e.Name()) {
			continue
		}
		file, err := parser.ParseFile(set, filepath.Join(folder, e.Name()), nil, mode)
		if err != nil {
			return nil, err
		}
		files = append(files, file)
	}
	return files, nil
}
