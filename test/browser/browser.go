// Package browser lets tests look at pages in a real browser, by the scripts of hack/browser.
package browser

import (
	"bytes"
	"context"
	"encoding/json"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"
	"time"
)

// Browser is a Chromium, and the Node.js that drives it.
type Browser struct{ chromium, node, scripts string }

// OrSkip skips the test where make could not install a browser. Scripts is the way from the test's folder to hack/browser.
func OrSkip(t *testing.T, scripts string) Browser {
	t.Helper()
	b := Browser{scripts: scripts}
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome"} {
		if path, err := exec.LookPath(name); err == nil && b.chromium == "" {
			b.chromium = path
		}
	}
	node, err := exec.LookPath("node")
	b.node = node
	_, packages := os.Stat(filepath.Join(scripts, "node_modules", "playwright-core"))
	if b.chromium == "" || err != nil || packages != nil {
		t.Skip("no browser to look at the pages with; next step: hack/install-browser.sh")
	}
	return b
}

// Run has a script look. What it is asked gets the browser's path and goes to its standard input; its answer comes from its
// standard output. Both are JSON.
func (b Browser) Run(t *testing.T, script string, asked map[string]any, answer any) {
	t.Helper()
	asked = maps.Clone(asked)
	asked["browser"] = b.chromium
	question, err := json.Marshal(asked)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Minute)
	defer cancel()
	var seen, complaint bytes.Buffer
	cmd := exec.CommandContext(ctx, b.node, script)
	cmd.Dir, cmd.Stdin, cmd.Stdout, cmd.Stderr = b.scripts, bytes.NewReader(question), &seen, &complaint
	cmd.Cancel = func() error { return cmd.Process.Signal(syscall.SIGTERM) } // it ends the browser, too
	cmd.WaitDelay = 5 * time.Second
	if err := cmd.Run(); err != nil {
		t.Fatalf("%v: %s", err, complaint.String())
	}
	if err := json.Unmarshal(seen.Bytes(), answer); err != nil {
		t.Fatal(err)
	}
}

// Folder is the absolute path of the folder that gets pictures; empty for none.
func Folder(t *testing.T, path string) string {
	t.Helper()
	if path == "" {
		return ""
	}
	absolute, err := filepath.Abs(path)
	if err != nil {
		t.Fatal(err)
	}
	return absolute
}
