//go:build race

package manager

// AsTested are flags of go build: a program is built as the tests that run it are, so that a race on a path that only they go is
// found, too. SQLite is left out, as in make test: watched, it takes four times as long.
var AsTested = []string{
	"-race",
	"-gcflags=modernc.org/sqlite/lib=-race=false", "-gcflags=modernc.org/libc=-race=false", "-gcflags=modernc.org/memory=-race=false",
}
