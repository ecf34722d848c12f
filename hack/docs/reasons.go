package main

import (
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"
)

// reason is one of the closed list in the code, in its order there.
type reason struct {
	name    string
	comment string // what the reader should do, in a line
}

// said is what reasons.yaml says of a reason.
type said struct {
	At      string `yaml:"at"`
	Because string `yaml:"because"`
	Do      string `yaml:"do"`
}

func reasonSections(root string) (string, error) {
	declared, err := reasons(filepath.Join(root, "api/v1alpha1/conditions.go"))
	if err != nil {
		return "", err
	}
	text, err := os.ReadFile(filepath.Join(root, "hack/docs/reasons.yaml"))
	if err != nil {
		return "", err
	}
	kept := map[string]said{}
	if err := yaml.Unmarshal(text, &kept); err != nil {
		return "", err
	}
	return sections(declared, kept)
}

// sections is the text of all reasons; each has to be there, and no other.
func sections(declared []reason, kept map[string]said) (string, error) {
	var b strings.Builder
	var wrong []error
	for _, r := range declared {
		t := kept[r.name]
		delete(kept, r.name)
		if t.At == "" || t.Because == "" {
			wrong = append(wrong, fmt.Errorf("hack/docs/reasons.yaml does not say where and why %s comes about", r.name))
		}
		fmt.Fprintf(&b, "### %s\n%s. In short: %s\n\n%s\n", r.name, t.At, r.comment, t.Because)
		if t.Do != "" {
			fmt.Fprintf(&b, "\n**Do:** %s\n", t.Do)
		}
		b.WriteString("\n")
	}
	for name := range kept {
		wrong = append(wrong, fmt.Errorf("hack/docs/reasons.yaml tells of %s, which the code does not have", name))
	}
	return b.String(), errors.Join(wrong...)
}

// reasons reads the constants and their comments.
func reasons(path string) (all []reason, err error) {
	file, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.ParseComments)
	if err != nil {
		return nil, err
	}
	ast.Inspect(file, func(n ast.Node) bool {
		spec, is := n.(*ast.ValueSpec)
		if !is || !strings.HasPrefix(spec.Names[0].Name, "Reason") {
			return true
		}
		name, bad := strconv.Unquote(spec.Values[0].(*ast.BasicLit).Value)
		_, comment, _ := strings.Cut(strings.TrimSpace(spec.Doc.Text()), ": ")
		all = append(all, reason{name, strings.ReplaceAll(comment, "\n", " ")})
		err = errors.Join(err, bad)
		return true
	})
	return all, err
}
