package mail

import "time"

// The pauses between attempts grow from the first to the longest. A mail that would be tried for longer than patience in
// all is dead.
const (
	firstPause   = time.Minute
	longestPause = time.Hour
	patience     = 24 * time.Hour
)

// pause is how long to wait after so many attempts, and whether another one is worth it.
func pause(attempts int) (next time.Duration, again bool) {
	total := time.Duration(0)
	next = firstPause
	for n := 1; n < attempts && total < patience; n++ {
		total += next
		next = min(2*next, longestPause)
	}
	return next, total+next < patience
}
