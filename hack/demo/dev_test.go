package main

import (
	"context"
	"os"
	"path/filepath"
	"testing"

	"github.com/account-operator/account-operator/test/await"
)

// Given make dev on a copy of the repository, when a file is changed so that it does not compile, then that is shown and the manager
// goes on; when it is changed again, then the new manager takes its place.
func TestDev_CodeChanges_ManagerIsReplaced(t *testing.T) {
	site := newSite(t)
	site.root, site.bin = copied(t, site.root), t.TempDir()
	for _, program := range []string{"manager", "kubectl-account", "sql"} {
		if err := os.Link(filepath.Join(built, program), filepath.Join(site.bin, program)); err != nil {
			t.Fatal(err)
		}
	}
	shown := &transcript{}
	ctx, interrupt := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- dev(ctx, site, &screen{out: shown}) }()
	shown.await(t, "To start afresh")

	extra := filepath.Join(site.root, "cmd", "manager", "extra.go")
	write := func(text string) {
		if err := os.WriteFile(extra, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write("package main\n\nfunc broken(")
	shown.await(t, "the one before goes on")
	write("package main\n\nimport \"os\"\n\nfunc init() { _, _ = os.Stderr.WriteString(\"the changed manager\\n\") }\n")
	shown.await(t, "the manager runs again")
	shown.await(t, "the changed manager") // it is in the log, which is shown
	interrupt()
	if err := await.Value(t, ended); err != nil {
		t.Errorf("%v; shown:\n%s", err, shown)
	}
}

// copied is a copy of what the manager is made of and of what make dev needs beside it.
func copied(t *testing.T, root string) string {
	t.Helper()
	folder := t.TempDir()
	for _, name := range append([]string{"config", "hack/demo"}, made...) {
		from, to := filepath.Join(root, name), filepath.Join(folder, name)
		if name == "config/crd" {
			continue // it is in config
		}
		content, err := os.ReadFile(from)
		if err == nil {
			err = os.WriteFile(to, content, 0o600)
		} else {
			err = os.CopyFS(to, os.DirFS(from))
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := os.MkdirAll(filepath.Join(folder, "hack", "controlplane"), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(filepath.Join(root, "hack", "controlplane", "bin"), filepath.Join(folder, "hack", "controlplane", "bin")); err != nil {
		t.Fatal(err)
	}
	return folder
}
