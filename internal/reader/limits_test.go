package reader

import (
	"fmt"
	"testing"
)

// Given a reader that has used its budget up, when others come, then it has no other one; and when more come than are known, then no more are kept.
func TestLimiters_OthersCome_KeepBudgetsAndTheirBound(t *testing.T) {
	l := newLimiters(1e-9, 1)
	if !l.of("a").Allow() {
		t.Fatal("void: it has no budget")
	}
	for n := range limitersKnown - 1 {
		l.of(fmt.Sprint(n))
	}
	if l.of("a").Allow() {
		t.Error("others gave it another budget")
	}
	for n := range 2 * limitersKnown {
		l.of(fmt.Sprint("stranger ", n))
	}
	if known := len(l.known); known > limitersKnown {
		t.Errorf("%d are kept", known)
	}
}

// Given one reader that takes all that it can at once, then there is room for another, and for itself again once a request has ended.
func TestLimits_OneTakesAllItCan_LeavesRoomForOthers(t *testing.T) {
	l := newLimits(0)
	for of, most := range map[*counts]int{&l.served: servedOfOne, &l.waiting: waitingOfOne} {
		var leave func()
		for n := range most {
			if leave = l.enter(of, "greedy"); leave == nil {
				t.Fatalf("void: %d of %d enter", n, most)
			}
		}
		if l.enter(of, "greedy") != nil {
			t.Error("it takes more than its part")
		}
		if l.enter(of, "another") == nil {
			t.Error("another finds no room")
		}
		if leave(); l.enter(of, "greedy") == nil {
			t.Error("it finds no room, though one of its requests has ended")
		}
	}
}

// Given as many readers as there is room for, then the next has to come again.
func TestLimits_AllTogether_AreBounded(t *testing.T) {
	l := newLimits(0)
	for n := range servedAtOnce {
		if l.enter(&l.served, fmt.Sprint(n)) == nil {
			t.Fatalf("void: %d of %d enter", n, servedAtOnce)
		}
	}
	if l.enter(&l.served, "one more") != nil {
		t.Error("more are served than there is room for")
	}
}
