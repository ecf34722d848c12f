package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// chart packages the chart under the release's version, with the release's image as its default. Each file has the time of
// the commit, which export gave it, so that the package is the same each time.
func (r *release) chart(ctx context.Context) error {
	folder := filepath.Join(r.source, "charts", "account-operator")
	if err := r.name(filepath.Join(folder, "values.yaml")); err != nil {
		return err
	}
	// Helm is a tool of a module beside this one, in the commit as well.
	_, err := in(ctx, filepath.Join(r.source, "hack", "helm"), []string{"CGO_ENABLED=0", "GOWORK=off"}, "go", "tool", "helm", "package", folder,
		"--version="+r.number(), "--app-version="+r.version, "--destination="+r.out)
	return err
}

// name puts the image's repository into the chart's values.
func (r *release) name(values string) error {
	const of = "\n  repository: account-operator\n"
	text, err := os.ReadFile(values)
	if err != nil {
		return err
	}
	if n := strings.Count(string(text), of); n != 1 {
		return fmt.Errorf("the chart's values name the image's repository %d times", n)
	}
	named := strings.Replace(string(text), of, "\n  repository: "+r.image+"\n", 1)
	if err := os.WriteFile(values, []byte(named), 0o644); err != nil {
		return err
	}
	return os.Chtimes(values, r.made, r.made)
}
