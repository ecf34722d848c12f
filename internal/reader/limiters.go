package reader

import (
	"sync"

	"golang.org/x/time/rate"
)

// limitersKnown bounds the memory for those who come.
const limitersKnown = 10_000

// limiters are the budgets of those who come, each by a name. Beyond limitersKnown all are strangers again.
type limiters struct {
	perSecond rate.Limit
	burst     int

	mu    sync.Mutex
	known map[string]*rate.Limiter
}

func newLimiters(perSecond rate.Limit, burst int) *limiters {
	return &limiters{perSecond: perSecond, burst: burst, known: map[string]*rate.Limiter{}}
}

func (l *limiters) of(name string) *rate.Limiter {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.known[name] == nil {
		if len(l.known) >= limitersKnown {
			clear(l.known)
		}
		l.known[name] = rate.NewLimiter(l.perSecond, l.burst)
	}
	return l.known[name]
}
