package leaks

import (
	"fmt"
	"os"

	"go.uber.org/goleak"
)

// nested is how many calls of Main are running, and excused what they all leave out of the search.
var (
	nested  int
	excused []goleak.Option
)

// Main runs the tests of a package and fails the run when a goroutine is left over that was not there before. Of calls inside each
// other only the outermost looks: a server that it brought started when a test first used it, and runs until the inner ones are over.
func Main(run func() int, left ...goleak.Option) int {
	if nested == 0 {
		excused = []goleak.Option{goleak.IgnoreCurrent()}
	}
	excused = append(excused, left...)
	nested++
	code := run()
	nested--
	// A goroutine that a failed test left behind would only hide the failure.
	if nested > 0 || code != 0 {
		return code
	}
	if err := Find(excused...); err != nil {
		fmt.Fprintln(os.Stderr, "left over after the tests:", err)
		return 1
	}
	return 0
}
