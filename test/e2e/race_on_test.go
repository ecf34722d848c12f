//go:build race

package e2e_test

// buildFlags: what these tests run is built as they are, so that a race on a
// path that only they go is found, too.
var buildFlags = []string{"-race"}
