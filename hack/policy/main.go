// Command policy writes the admission policy account-operator-secret-access, whose expressions follow the Secret
// references in the types of api/v1alpha1:
//
//	policy FILE
package main

import (
	"fmt"
	"os"
)

func main() {
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "policy:", err)
		os.Exit(1)
	}
}

func run(args []string) error {
	if len(args) != 1 {
		return fmt.Errorf("usage: policy FILE")
	}
	refs, err := references(kinds())
	if err != nil {
		return err
	}
	text, err := render(refs)
	if err != nil {
		return err
	}
	return os.WriteFile(args[0], text, 0o644)
}
