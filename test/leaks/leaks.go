// Package leaks finds goroutines that tests left behind.
package leaks

import (
	"time"

	"go.uber.org/goleak"
)

// patience is how long what was asked to end may take. goleak alone gives up after half a second, which is not enough where
// dozens of programs share two cores.
const patience = 10 * time.Second

// Find is goleak.Find with patience.
func Find(options ...goleak.Option) error {
	deadline := time.Now().Add(patience)
	for {
		err := goleak.Find(options...) // it waits by itself
		if err == nil || time.Now().After(deadline) {
			return err
		}
	}
}
