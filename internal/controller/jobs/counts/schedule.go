package counts

import (
	"slices"
	"sync"
	"time"

	"github.com/account-operator/account-operator/internal/store"
)

const (
	// busyRate is from how many changes a second on Accounts wait until there are fewer.
	busyRate = 10
	// latest is how many times as late as usual an Account may be counted while there is no end of changes.
	latest = 180
)

// schedule decides when Accounts are counted: soon after a change, so that who changes one thing sees it. While changes come by the
// hundred, as when an installation is applied, each Account would be written in the middle of it, and again at its end; so then they wait for that.
type schedule struct {
	soon time.Duration

	mu      sync.Mutex
	waiting map[store.Claim]time.Time // when each is due, at the earliest
	// changes counts those of the present period, which began then and is as long as soon, and of the one before it.
	began             time.Time
	changes, previous int
}

func newSchedule(soon time.Duration) *schedule {
	return &schedule{soon: soon, waiting: map[store.Claim]time.Time{}}
}

// changed has an Account counted after a change.
func (s *schedule) changed(account store.Claim, now time.Time) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.turn(now)
	s.changes++
	s.wait(account, now.Add(s.soon))
}

// at has an Account counted at a time, or earlier where it is due earlier.
func (s *schedule) at(account store.Claim, due time.Time) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.wait(account, due)
}

func (s *schedule) wait(account store.Claim, due time.Time) {
	if is, waits := s.waiting[account]; !waits || due.Before(is) {
		s.waiting[account] = due
	}
}

// take returns the Accounts that are to be counted now, the longest due first.
func (s *schedule) take(now time.Time) []store.Claim {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.turn(now)
	until := now
	if s.busy() {
		until = now.Add(-latest * s.soon)
	}
	var accounts []store.Claim
	for account, due := range s.waiting {
		if !due.After(until) {
			accounts = append(accounts, account)
		}
	}
	slices.SortFunc(accounts, func(a, b store.Claim) int { return s.waiting[a].Compare(s.waiting[b]) })
	for _, account := range accounts {
		delete(s.waiting, account)
	}
	return accounts
}

func (s *schedule) empty() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.waiting) == 0
}

func (s *schedule) busy() bool {
	return float64(max(s.changes, s.previous)) > busyRate*max(s.soon.Seconds(), 1)
}

// turn begins the period that now is in.
func (s *schedule) turn(now time.Time) {
	switch since := now.Sub(s.began); {
	case since < s.soon:
	case since < 2*s.soon:
		s.began, s.previous, s.changes = s.began.Add(s.soon), s.changes, 0
	default:
		s.began, s.previous, s.changes = now, 0, 0
	}
}
