// Command docs writes the parts of docs/ that say what stands elsewhere: the metrics, as the manager registers them; the
// alerts of config/monitoring; and every reason of a condition, with what reasons.yaml adds to its comment in the code.
//
//	docs
//
// It is run in the root of the module.
package main

import (
	"fmt"
	"os"
)

func main() {
	if err := run("."); err != nil {
		fmt.Fprintln(os.Stderr, "docs:", err)
		os.Exit(1)
	}
}

// run writes every page that is made, below the root of the module.
func run(root string) error {
	pages, err := made(root)
	if err != nil {
		return err
	}
	for path, content := range pages {
		if err := os.WriteFile(path, content, 0o644); err != nil {
			return err
		}
	}
	return nil
}
