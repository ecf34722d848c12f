package syncstate

import (
	"testing"

	"github.com/account-operator/account-operator/internal/store"
)

func TestTracker_EachReport_InSyncOrNot(t *testing.T) {
	t.Run("a record that was kept holds, another does not", func(t *testing.T) {
		s := New()
		s.Commit("1", "r", s.Begin("1"))
		if !s.IsApplied("1", "r") || s.IsApplied("1", "other") || s.IsApplied("2", "r") {
			t.Error("wrong")
		}
	})
	t.Run("a change ends it", func(t *testing.T) {
		s := New()
		s.Commit("1", "r", s.Begin("1"))
		s.RowsChanged("1")
		if s.IsApplied("1", "r") {
			t.Error("still in sync")
		}
	})
	t.Run("a change while a pass is under way is not forgotten by its end", func(t *testing.T) {
		s := New()
		seen := s.Begin("1")
		s.RowsChanged("1")
		s.Commit("1", "r", seen)
		if s.IsApplied("1", "r") {
			t.Error("in sync by a reconcile that had not seen the change")
		}
	})
	t.Run("a conflict is never in sync", func(t *testing.T) {
		s := New()
		s.Commit("1", "", s.Begin("1"))
		if s.IsApplied("1", "") {
			t.Error("in sync")
		}
	})
}

// Given a reconcile of an object that has rows in many accounts, when the row of one is made meanwhile, then what the reconcile found counts
// no more, whether anything was applied before or not.
func TestTracker_OneOfManyRowsReplacedDuringAPass_DiscardsThePass(t *testing.T) {
	for _, before := range []string{"", "r"} {
		s := New()
		s.Commit("1", before, s.Begin("1"))
		began := s.Begin("1")
		s.SomeRowsReplaced("1")
		s.Commit("1", "r", began)
		if s.IsApplied("1", "r") || s.Begin("1") == began {
			t.Errorf("after %q what the reconcile found counts", before)
		}
	}
}

func TestTracker_WithoutARecord_NothingIsInSync(t *testing.T) {
	s := New()
	s.Commit("conflict", "", s.Begin("conflict"))
	if s.InSync("conflict", "") {
		t.Error("a set with a conflict is")
	}
	if s.InSync("unknown", "r") || s.InSync("unknown", "") || s.IsApplied("unknown", "") {
		t.Error("what nothing is known of is")
	}
}

func TestTracker_InvalidatedDuringAReconcile_StaysInvalid(t *testing.T) {
	for _, before := range []string{"", "r"} { // an object that was not observed yet, and one that is in sync
		s := New()
		s.Commit("1", before, s.Begin("1"))
		seen := s.Begin("1")
		s.Invalidate("1")
		s.Commit("1", "r", seen)
		if s.InSync("1", "r") || !s.IsApplied("1", "r") {
			t.Error("in sync by a reconcile that began before")
		}
		s.Commit("1", "r", s.Begin("1"))
		if !s.InSync("1", "r") {
			t.Error("doubted for ever")
		}
	}
}

func TestTracker_InvalidatedObjectIsGone_IsSwept(t *testing.T) {
	s := New()
	s.Commit("there", "r", s.Begin("there"))
	s.Invalidate("there")
	s.Commit("gone", "r", s.Begin("gone"))
	s.RowsRemoved("gone")
	s.Invalidate("gone")
	s.Sweep()
	if len(s.entries) != 1 || !s.IsApplied("there", "r") || s.InSync("there", "r") {
		t.Errorf("remembered: %v", s.entries)
	}
}

func TestTracker_RecordsLoaded_EachIsInSyncOrNot(t *testing.T) {
	t.Run("the resync sees a record that is no longer the store's, and only that", func(t *testing.T) {
		s := New()
		s.Load([]store.Applied{applied("1", "r", false)})
		if s.Differs(applied("1", "r", false)) || !s.Differs(applied("1", "", false)) || !s.Differs(applied("1", "r", true)) ||
			s.Differs(applied("unknown", "r", false)) {
			t.Error("wrong")
		}
	})
	t.Run("what another client changed while no manager led is not in sync, and lost by its write", func(t *testing.T) {
		s := New()
		s.Load([]store.Applied{applied("1", "r", true), applied("2", "r", false)})
		if s.IsApplied("1", "r") || !s.WasApplied("1", "r") || !s.IsApplied("2", "r") || s.WasApplied("2", "other") {
			t.Error("wrong")
		}
	})
}

func applied(uid, record string, stale bool) store.Applied {
	return store.Applied{Claim: store.Claim{UID: uid}, Record: record, Stale: stale}
}
