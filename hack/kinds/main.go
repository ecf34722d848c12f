// Command kinds writes the manifests that list the kinds of this operator, from internal/kinds and the templates beside it:
//
//	kinds
//
// It is run in the root of the module.
package main

import (
	"fmt"
	"os"
	"path/filepath"
)

func main() {
	if err := run("."); err != nil {
		fmt.Fprintln(os.Stderr, "kinds:", err)
		os.Exit(1)
	}
}

// run writes every file that is made, below the root of the module.
func run(root string) error {
	files, err := made()
	if err != nil {
		return err
	}
	for path, content := range files {
		if err := os.WriteFile(filepath.Join(root, path), content, 0o644); err != nil { //nolint:gosec // manifests are for everybody
			return err
		}
	}
	return nil
}
