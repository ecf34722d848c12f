package syncstate

import (
	"time"

	"k8s.io/apimachinery/pkg/types"
)

const (
	// ConflictPause is how long a reconcile waits after another client wrote the object at the same time: long enough for the watch to
	// bring what was written.
	ConflictPause = 100 * time.Millisecond
	// conflictPauses bounds how often the pause doubles while the conflict stays, as when the watch lags far behind.
	conflictPauses = 5
)

// Conflict counts one more in a row, and returns how long to wait: from 0.1 to 3.2 seconds.
func (t *Tracker) Conflict(uid types.UID) (pause time.Duration) {
	t.update(uid, func(e *entry) {
		pause = ConflictPause << e.conflicts
		e.conflicts = min(e.conflicts+1, conflictPauses)
	})
	return pause
}

// NoConflict ends the row of conflicts.
func (t *Tracker) NoConflict(uid types.UID) { t.update(uid, func(e *entry) { e.conflicts = 0 }) }
