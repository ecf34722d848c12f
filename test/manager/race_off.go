//go:build !race

package manager

// AsTested are flags of go build: a program is built as the tests that run it are.
var AsTested []string
