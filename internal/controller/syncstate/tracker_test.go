package syncstate

import (
	"errors"
	"fmt"
	"runtime"
	"testing"
	"testing/synctest"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"

	"github.com/account-operator/account-operator/internal/store"
)

// known is a Tracker that knows all that there is to know of the object "1".
func known() *Tracker {
	s := New()
	s.Commit("1", "r", s.Begin("1"))
	s.Own(version("1", "100"), nil)
	s.AddingFinalizer("1")
	s.Conflict("1")
	return s
}

func version(uid types.UID, v string) *corev1.Secret {
	return &corev1.Secret{ObjectMeta: metav1.ObjectMeta{UID: uid, ResourceVersion: v}}
}

// Given all that is known of an object, when the rows of it are forgotten in one way or another, then what is known of the object
// itself stays; when the object is gone, then nothing stays.
func TestTracker_RecordForgotten_KeepsWhatIsKnownOfTheObject(t *testing.T) {
	for name, c := range map[string]struct {
		forget func(*Tracker)
		stays  bool
	}{
		"the store has nothing of it any more": {func(s *Tracker) { s.RowsRemoved("1") }, true},
		"a write may have been done":           {func(s *Tracker) { s.MarkUnknown("1", "another") }, true},
		"the feed names it":                    {func(s *Tracker) { s.RowsChanged("1") }, true},
		"the account's row is another":         {func(s *Tracker) { s.RowsReplaced("1") }, true},
		"the row of one of its accounts is":    {func(s *Tracker) { s.SomeRowsReplaced("1") }, true},
		"the store's records are loaded":       {func(s *Tracker) { s.Load(nil) }, true},
		"it is gone":                           {func(s *Tracker) { s.Forget("1") }, false},
	} {
		t.Run(name, func(t *testing.T) {
			s := known()
			c.forget(s)
			if s.IsApplied("1", "r") {
				t.Error("its record stays")
			}
			if got := s.IsStale(version("1", "99")); got != c.stays {
				t.Errorf("its own version stays: %t", got)
			}
			if got := s.FinalizerIsNew("1"); got != c.stays {
				t.Errorf("its finalizer is new: %t", got)
			}
			if got := s.Conflict("1") > ConflictPause; got != c.stays {
				t.Errorf("its conflicts stay: %t", got)
			}
		})
	}
}

// Given all that is known of an object, when its conflicts end or time goes by, then its record stays, and nothing of an object of
// which nothing is known any more.
func TestTracker_NothingKnownAnyMore_HoldsNoEntry(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := known()
		s.NoConflict("1")
		s.AddingFinalizer("2")
		s.Conflict("3")
		s.NoConflict("3")
		s.RowsRemoved("4")
		time.Sleep(2 * finalizerIsNew) //nolint:forbidigo // on the clock of the bubble
		s.Sweep()
		if len(s.entries) != 1 || !s.InSync("1", "r") || !s.IsStale(version("1", "99")) {
			t.Errorf("remembered: %v", s.entries)
		}
	})
}

// Given a reconcile that read the rows, when the store's records are loaded again before it ends, as of a store that was put back, then
// what it read counts no more; that the rows are to be compared still stands.
func TestTracker_RecordsLoadedDuringAPass_DiscardsThePass(t *testing.T) {
	s := New()
	began := s.Begin("1")
	s.Invalidate("1")
	s.Load([]store.Applied{applied("1", "before", false)})
	s.Commit("1", "r", began)
	if !s.IsApplied("1", "before") || s.InSync("1", "before") {
		t.Errorf("remembered: %v", s.entries)
	}
}

// Given a write whose answer was lost, then the record of before stays only where that write would have put just that back.
func TestTracker_AnswerLost_ForgetsTheRecordOfBefore(t *testing.T) {
	for record, stays := range map[string]bool{"r": true, "r" + DriftLeft: true, "another": false} {
		s := known()
		s.MarkUnknown("1", record)
		if got := s.WasApplied("1", "r"); got != stays {
			t.Errorf("after a write of %q it stays: %t", record, got)
		}
	}
}

// Given an object without a record, then that is sure only where something was known of it.
func TestTracker_NoRecord_IsRecordedOnceKnown(t *testing.T) {
	s := known()
	if s.IsRecorded("2", "") {
		t.Error("it is not known")
	}
	s.Commit("2", "", s.Begin("2"))
	if !s.IsRecorded("2", "") || s.HasRecord("2") {
		t.Error("it has none")
	}
	s.RowsChanged("1")
	if s.IsRecorded("1", "") || s.IsRecorded("1", "r") || !s.HasRecord("1") {
		t.Error("its record was displaced")
	}
}

func TestTracker_RowsVerified_AreOldAgainWithTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := known()
		time.Sleep(time.Minute) //nolint:forbidigo // on the clock of the bubble
		if got := s.SinceVerified("1"); got != time.Minute {
			t.Errorf("verified %s ago", got)
		}
		if got := s.SinceVerified("2"); got < 1000*time.Hour {
			t.Errorf("what was never verified was %s ago", got)
		}
	})
}

// Given a manager that has run for an hour, when it puts a finalizer, then that is new for a minute at least, and not for ever.
func TestTracker_Finalizer_IsNewForAMinuteAtLeast(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := New()
		time.Sleep(time.Hour) //nolint:forbidigo // on the clock of the bubble
		s.AddingFinalizer("1")
		time.Sleep(finalizerIsNew) //nolint:forbidigo // on the clock of the bubble
		if !s.FinalizerIsNew("1") {
			t.Error("it is old after a minute")
		}
		time.Sleep(finalizerIsNew) //nolint:forbidigo // on the clock of the bubble
		if s.FinalizerIsNew("1") || s.FinalizerIsNew("2") {
			t.Error("it is new for ever")
		}
	})
}

// Given a manager that has just begun, when it puts a finalizer, then that is new: a time of zero would say that it put none.
func TestTracker_Finalizer_AtTheVeryStart_IsNew(t *testing.T) {
	for _, later := range []time.Duration{0, time.Nanosecond} {
		synctest.Test(t, func(t *testing.T) {
			s := New()
			time.Sleep(later) //nolint:forbidigo // on the clock of the bubble
			s.AddingFinalizer("1")
			if !s.FinalizerIsNew("1") {
				t.Errorf("after %s it is not", later)
			}
		})
	}
}

// Given 100,000 objects of which all is known, then each takes at most 160 bytes beside the texts.
func TestTracker_ManyObjects_TakeLittleMemory(t *testing.T) {
	const objects, most = 100_000, 160
	uids, versions := make([]types.UID, objects), make([]string, objects)
	for i := range objects {
		uids[i], versions[i] = types.UID(fmt.Sprintf("%036d", i)), fmt.Sprint(1_000_000+i)
	}
	before := heap()
	s := New()
	for i, uid := range uids {
		s.Commit(uid, "r", s.Begin(uid))
		s.Own(version(uid, versions[i]), nil)
		s.AddingFinalizer(uid)
		s.Own(version(uid, versions[i]), errors.New("no answer"))
		s.Own(version(uid, versions[i]), nil)
	}
	if each := (heap() - before) / objects; each > most {
		t.Errorf("an object takes %d bytes, want at most %d", each, most)
	}
	runtime.KeepAlive(s)
	runtime.KeepAlive(uids)
	runtime.KeepAlive(versions)
}

func heap() uint64 {
	runtime.GC()
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}
