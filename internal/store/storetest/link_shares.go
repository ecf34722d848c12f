package storetest

import (
	"errors"
	"fmt"
	"net/netip"
	"time"

	"github.com/account-operator/account-operator/internal/store"
)

// everybodys is how many requests for a link are taken up within an hour from everybody together.
const everybodys = 2000

func networkOf(n int) netip.Prefix {
	return netip.PrefixFrom(netip.AddrFrom4([4]byte{203, 0, byte(n), 0}), 24)
}

var linkShares = []promise{
	{"Links/few networks that ask as often as they can leave most requests to others", func(s *scene) {
		// Given sixteen networks that had what they could get of the last 400 requests
		const begin = 400
		left := begin
		for waiting := map[int]bool{}; len(waiting) < 16; {
			s.everybodyHad(everybodys - left)
			for n := range 16 {
				switch {
				case waiting[n]:
				case s.asks(networkOf(n)) == 0:
					left--
				default:
					waiting[n] = true
				}
			}
		}
		if left < begin/2 {
			s.Errorf("%d of %d are left", left, begin)
		}
		// Then another is served, and as often as each of those
		served := 0
		for s.asks(networkOf(99)) == 0 {
			served, left = served+1, left-1
			s.everybodyHad(everybodys - left)
		}
		if served < 8 {
			s.Errorf("a network that comes late had %d requests", served)
		}
	}},
	{"Links/a network that did not ask yet is served as long as one request is left", func(s *scene) {
		s.everybodyHad(everybodys - 1)
		if s.asks(networkOf(1)) != 0 || s.asks(networkOf(2)) != 0 {
			s.Errorf("the first request of a network waits")
		}
		if s.asks(networkOf(2)) == 0 {
			s.Errorf("the second one is served from the last that is left")
		}
	}},
	{"Links/a network has its share again when the hour is over, and is not told apart in the store", func(s *scene) {
		s.everybodyHad(everybodys - 1)
		s.asks(networkOf(1))
		if wait := s.asks(networkOf(1)); wait < 50*time.Minute || wait > time.Hour {
			s.Errorf("waits %s", wait)
		}
		if n := s.count(`SELECT count(*) FROM mail_budgets WHERE origin = 'Network'`); n != "1" {
			s.Errorf("%s networks are counted", n)
		}
		s.laterThan(mailSpan)
		if wait := s.asks(networkOf(1)); wait != 0 {
			s.Errorf("after the hour it waits %s", wait)
		}
	}},
}

// asks is how long a network has to wait for its next request; 0, it was taken up.
func (s *scene) asks(network netip.Prefix) time.Duration {
	s.Helper()
	limited := (*store.RateLimitedError)(nil)
	err := s.Store.CountLinkRequest(s.ctx, network)
	if errors.As(err, &limited) {
		return limited.RetryAfter
	}
	s.must(err)
	return 0
}

// everybodyHad has so many requests been taken up within the hour.
func (s *scene) everybodyHad(requests int) {
	s.Helper()
	s.foreign(`DELETE FROM mail_budgets WHERE origin = 'Anonymous' AND bucket = -1`)
	s.foreign(fmt.Sprintf(`INSERT INTO mail_budgets (origin, bucket, began, used) VALUES ('Anonymous', -1, $1, %d)`, requests),
		time.Now().UTC().Format("2006-01-02T15:04:05.000Z"))
}
