// Command chart brings charts/account-operator up to date: it copies what the chart shares with config/ into the chart's
// files, since a chart takes nothing from outside of its folder, and writes the table of values into the chart's README.
//
//	chart
//
// It is run in the root of the module.
package main

import (
	"fmt"
	"os"
)

func main() {
	if err := run("."); err != nil {
		fmt.Fprintln(os.Stderr, "chart:", err)
		os.Exit(1)
	}
}

// run writes every file that is made, below the root of the module.
func run(root string) error {
	files, err := made(root)
	if err != nil {
		return err
	}
	for path, content := range files {
		if err := os.WriteFile(path, content, 0o644); err != nil {
			return err
		}
	}
	return nil
}
