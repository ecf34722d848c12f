package main

import (
	"os"
	"runtime/debug"
)

// gcPercent is how much garbage may add to what is in use before it is collected. Most of a manager's memory is its caches,
// so the default of 100 doubles them for the sake of a few percent of little CPU.
const gcPercent = 50

// keepSmall sets gcPercent, unless the environment says otherwise as it does for every Go program.
func keepSmall() {
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(gcPercent)
	}
}
