// Command policy writes the admission policies account-operator-secret-access and account-operator-configmap-access, whose
// expressions follow the references to Secrets and ConfigMaps in the types of api/v1alpha1:
//
//	policy FOLDER
package main

import (
	"fmt"
	"os"
	"path/filepath"
)

func main() {
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "policy:", err)
		os.Exit(1)
	}
}

func run(args []string) error {
	if len(args) != 1 {
		return fmt.Errorf("usage: policy FOLDER")
	}
	for _, of := range []source{secrets, configMaps} {
		refs, err := references(kinds(), of)
		if err != nil {
			return err
		}
		text, err := render(of, refs)
		if err != nil {
			return err
		}
		if err := os.WriteFile(filepath.Join(args[0], of.file()), text, 0o644); err != nil { //nolint:gosec // manifests are for everybody
			return err
		}
	}
	return nil
}

// file is the name of the policy's.
func (s source) file() string { return s.named + "_access_policy.yaml" }
