package storetest

import (
	"errors"
	"time"

	"github.com/account-operator/account-operator/internal/store"
)

// identified: a cluster can distinguish a store from others, and from an older state of itself.
var identified = []promise{
	{"Identity/a store keeps its ID, and its mark grows with the lead of anybody", func(s *scene) {
		before := s.identity()
		s.lead(lease)
		s.lead("other-class")
		_, err := s.Store.Lead(s.ctx, "cluster-2", lease)
		s.must(err)
		after := s.identity()
		if before.ID == "" || after.ID != before.ID || after.Mark != before.Mark+3 {
			s.Errorf("%+v became %+v", before, after)
		}
		s.Store = s.Reopen()
		if again := s.identity(); again != after {
			s.Errorf("reopened, %+v became %+v", after, again)
		}
	}},
	{"Identity/a write is lost once the store is put back to before it", func(s *scene) {
		s.put(account("alice"))
		first := s.identity().Newest
		s.put(account("bob"))
		second := s.identity().Newest
		s.isLost(false, first, second, store.Commit{})
		// As of a store that was put back to the first write, for a process that remembers nothing itself.
		s.foreign(`DELETE FROM audit WHERE id = $1`, second.Number)
		s.Store = s.Reopen()
		s.isLost(true, second)
		s.isLost(false, first)
		// And written since, so that another write has the number.
		s.foreign(`UPDATE audit SET at = '2020-01-01T00:00:00.000Z' WHERE id = $1`, first.Number)
		s.isLost(true, first)
	}},
	{"Identity/a new incarnation ends links, and no ID comes again", func(s *scene) {
		before := s.put(account("alice"))
		token := s.takes(store.MailVerifyAddress)[0].Token
		known := s.identity()
		is, err := s.fenced.BeginIncarnation(s.ctx, known)
		s.must(err)
		if is.Incarnation <= known.Incarnation || is.Mark <= known.Mark || !is.PutBackTo.Equal(known.Newest.At.Truncate(time.Millisecond)) {
			s.Errorf("%+v became %+v", known, is)
		}
		if _, err := s.Store.Link(s.ctx, token); !errors.Is(err, store.ErrNotFound) {
			s.Errorf("the link gives %v", err)
		}
		// Who found the same later, as another cluster's manager, begins none of its own.
		again, err := s.fenced.BeginIncarnation(s.ctx, known)
		s.must(err)
		if again.Incarnation != is.Incarnation {
			s.Errorf("%+v became %+v", is, again)
		}
		if after := s.put(account("bob")); len(after.ID) != 16 || atoi(after.ID) <= is.Incarnation || after.ID == before.ID {
			s.Errorf("after %s comes %s", before.ID, after.ID)
		}
	}},
	{"Identity/a write that the audit keeps no more is not lost", func(s *scene) {
		s.put(account("alice"))
		swept := s.identity().Newest
		s.put(account("bob"))
		s.foreign(`DELETE FROM audit WHERE id <= $1`, swept.Number)
		s.isLost(false, swept)
	}},
}

func (s *scene) identity() store.Identity {
	s.Helper()
	is, err := s.Store.Identity(s.ctx)
	s.must(err)
	return is
}

func (s *scene) isLost(want bool, commits ...store.Commit) {
	s.Helper()
	for _, c := range commits {
		got, err := s.Store.Lost(s.ctx, c)
		s.must(err)
		if got != want {
			s.Errorf("%s: lost is %v", c, got)
		}
	}
}
