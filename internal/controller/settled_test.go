package controller

import "testing"

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
	t.Run("the resync sees a record that is no longer the store's, and only that", func(t *testing.T) {
		s := newSettled()
		s.load("1", "r")
		if s.differs("1", "r") || !s.differs("1", "") || s.differs("unknown", "r") {
			t.Error("wrong")
		}
	})
}

func TestAFingerprintDiffersWithEveryPart(t *testing.T) {
	seen := map[string]bool{}
	for _, parts := range [][]any{{}, {"a"}, {"a", "b"}, {"ab"}, {[]string{"a", "b"}}, {nil}} {
		f, err := fingerprint(parts...)
		if err != nil || seen[f] || len(f) > 64 {
			t.Errorf("%v gives %q, %v", parts, f, err)
		}
		seen[f] = true
	}
}
