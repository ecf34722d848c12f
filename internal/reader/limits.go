package reader

import (
	"fmt"
	"net"
	"net/http"
	"sync"

	"golang.org/x/time/rate"
)

// What everybody takes at once, and what one of them may have of it.
const (
	servedAtOnce  = 128
	servedOfOne   = 64
	waitingAtOnce = 4000
	waitingOfOne  = 2000
	usualRate     = 1000
)

// limits are how often a reader asks, and how much of it is served at a time.
type limits struct {
	rate    int
	budgets *limiters

	mu      sync.Mutex
	served  counts
	waiting counts
}

// counts is how many there are at a time, in all and by reader.
type counts struct {
	all, most, mostOfOne int
	of                   map[string]int
}

func newLimits(perSecond int) *limits {
	if perSecond <= 0 {
		perSecond = usualRate
	}
	return &limits{
		rate: perSecond, budgets: newLimiters(rate.Limit(perSecond), perSecond),
		served:  counts{most: servedAtOnce, mostOfOne: servedOfOne, of: map[string]int{}},
		waiting: counts{most: waitingAtOnce, mostOfOne: waitingOfOne, of: map[string]int{}},
	}
}

// take takes one request off the budget of a reader, and says in the answer what is left.
func (l *limits) take(name string, h http.Header) *problem {
	limiter := l.budgets.of(name)
	allowed := limiter.Allow()
	h.Set("RateLimit-Policy", fmt.Sprintf("\"reader\";q=%d;w=1", l.rate))
	h.Set("RateLimit", fmt.Sprintf("\"reader\";r=%d;t=1", max(0, int(limiter.Tokens()))))
	if !allowed {
		return tooMany
	}
	return nil
}

// enter counts one more of what is done at once, until leave. Nil where there are too many.
func (l *limits) enter(c *counts, name string) (leave func()) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if c.all >= c.most || c.of[name] >= c.mostOfOne {
		return nil
	}
	c.all++
	c.of[name]++
	return func() {
		l.mu.Lock()
		defer l.mu.Unlock()
		c.all--
		if c.of[name]--; c.of[name] == 0 {
			delete(c.of, name)
		}
	}
}

// How many tokens that are none one address may show at once, and then a second.
const (
	guessBurst = 100
	guessRate  = 10
)

// strangers limits who guesses.
type strangers struct{ budgets *limiters }

func newStrangers() *strangers { return &strangers{newLimiters(guessRate, guessBurst)} }

func (s *strangers) of(r *http.Request) *rate.Limiter {
	address, _, _ := net.SplitHostPort(r.RemoteAddr)
	return s.budgets.of(address)
}

func (s *strangers) mayGuess(r *http.Request) bool { return s.of(r).Tokens() >= 1 }

func (s *strangers) wasWrong(r *http.Request) { s.of(r).Allow() }
