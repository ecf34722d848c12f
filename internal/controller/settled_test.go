package controller

import (
	"testing"

	"github.com/account-operator/account-operator/internal/store"
)

func TestWhatIsSettled(t *testing.T) {
	t.Run("a record that was kept holds, another does not", func(t *testing.T) {
		s := newSettled()
		s.keep("1", "r", s.look("1"))
		if !s.holds("1", "r") || s.holds("1", "other") || s.holds("2", "r") {
			t.Error("wrong")
		}
	})
	t.Run("a change ends it", func(t *testing.T) {
		s := newSettled()
		s.keep("1", "r", s.look("1"))
		s.changed("1")
		if s.holds("1", "r") {
			t.Error("still settled")
		}
	})
	t.Run("a change while a pass is under way is not forgotten by its end", func(t *testing.T) {
		s := newSettled()
		seen := s.look("1")
		s.changed("1")
		s.keep("1", "r", seen)
		if s.holds("1", "r") {
			t.Error("settled by a pass that had not seen the change")
		}
	})
	t.Run("a conflict is never settled", func(t *testing.T) {
		s := newSettled()
		s.keep("1", "", s.look("1"))
		if s.holds("1", "") {
			t.Error("settled")
		}
	})
}

func TestADoubtThatComesWhileAPassIsUnderWayOutlivesIt(t *testing.T) {
	for _, before := range []string{"", "r"} { // an object that nobody has seen yet, and one that is settled
		s := newSettled()
		s.keep("1", before, s.look("1"))
		seen := s.look("1")
		s.doubt("1")
		s.keep("1", "r", seen)
		if s.trusts("1", "r") || !s.holds("1", "r") {
			t.Error("settled by a pass that looked before")
		}
		s.keep("1", "r", s.look("1"))
		if !s.trusts("1", "r") {
			t.Error("doubted for ever")
		}
	}
}

func TestDoubtsAboutWhatIsGoneAreNotKept(t *testing.T) {
	s := newSettled()
	s.keep("there", "r", s.look("there"))
	s.doubt("there")
	s.keep("gone", "r", s.look("gone"))
	s.forget("gone")
	s.doubt("gone")
	s.sweep()
	if len(s.entries) != 1 || !s.holds("there", "r") || s.trusts("there", "r") {
		t.Errorf("remembered: %v", s.entries)
	}
}

func TestWhatTheStoreSaysOfWhatIsSettled(t *testing.T) {
	t.Run("the resync sees a record that is no longer the store's, and only that", func(t *testing.T) {
		s := newSettled()
		s.restart([]store.Applied{applied("1", "r", false)})
		if s.differs(applied("1", "r", false)) || !s.differs(applied("1", "", false)) || !s.differs(applied("1", "r", true)) ||
			s.differs(applied("unknown", "r", false)) {
			t.Error("wrong")
		}
	})
	t.Run("what somebody else changed while nobody led is not settled, and lost by their hand", func(t *testing.T) {
		s := newSettled()
		s.restart([]store.Applied{applied("1", "r", true), applied("2", "r", false)})
		if s.holds("1", "r") || !s.applied("1", "r") || !s.holds("2", "r") || s.applied("2", "other") {
			t.Error("wrong")
		}
	})
}

func applied(uid, record string, stale bool) store.Applied {
	return store.Applied{Claim: store.Claim{UID: uid}, Record: record, Stale: stale}
}
