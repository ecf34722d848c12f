//go:build race

package main

// buildFlags: the programs are built as these tests are, so that they are in Go's cache and a race in them is found.
var buildFlags = []string{"-race"}
