package fault

// Goal is a row of docs/reliability.md.
type Goal struct {
	ID string
	// Line is what has to hold.
	Line  string
	Tests []Test
	// Open counts cases of the line that no test has yet.
	Open int
	// Note says what of the line is open, or how it is proved elsewhere.
	Note string
}

// Test is a test that carries cases of a goal.
type Test struct {
	// Package as the go command takes it, from the top of the module.
	Package string
	// Name of the test; with a slash, of a group of its subtests.
	Name string
	// Short and Long are how many cases the test has at least, in `make test` and in `make fault`.
	Short, Long int
}
