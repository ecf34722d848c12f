package source

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"k8s.io/apimachinery/pkg/types"

	"github.com/account-operator/account-operator/api/v1alpha1"
)

// begin begins a load of a set that has so much written out.
func begin(t *testing.T, l *Loads, inline int) *Load {
	t.Helper()
	load, err := l.Begin(types.UID(fmt.Sprint(inline, len(l.turnedAway))), Sources{env: []v1alpha1.EnvVar{{Value: text(strings.Repeat("x", inline))}}})
	if err != nil {
		t.Fatal(err)
	}
	return load
}

// Given a set that reads more than one may, when it has read that much, then it is refused by the limit, before the rest is read.
func TestLoad_MoreThanASetMayRead_RefusedByTheLimit(t *testing.T) {
	load := begin(t, &Loads{}, 0)
	if err := load.Add(MaxReadBytes); err != nil {
		t.Fatalf("as much as may be: %v", err)
	}
	err := load.Add(1)
	p := (*Problem)(nil)
	if !errors.As(err, &p) || p.Reason != v1alpha1.ReasonLimitExceeded {
		t.Fatalf("got %v", err)
	}
	assertSays(t, p.Message, fmt.Sprint(MaxReadBytes))
}

// Given large sets that hold all that large sets may, when others come, then a large one waits, a small one does not, and the
// large one has its turn once one of the others is through.
func TestLoad_LargeSetsHoldAll_LargeOnesWaitAndSmallOnesDoNot(t *testing.T) {
	l := &Loads{}
	var holders []*Load
	for range maxLoad / MaxReadBytes {
		load := begin(t, l, 0)
		if err := load.Add(MaxReadBytes); err != nil {
			t.Fatal(err)
		}
		holders = append(holders, load)
	}

	small, large := begin(t, l, smallLoad/2), begin(t, l, 0)
	if err := small.Add(smallLoad / 2); err != nil {
		t.Errorf("a small set: %v", err)
	}
	if err := large.Add(MaxReadBytes); !errors.Is(err, ErrBusy) {
		t.Errorf("a large set: %v", err)
	}

	holders[0].End()
	again := begin(t, l, 0)
	if err := again.Add(MaxReadBytes); err != nil {
		t.Errorf("a large set in its turn: %v", err)
	}
	for _, load := range append(holders[1:], small, large, again) {
		load.End()
	}
	if l.held != 0 {
		t.Errorf("%d bytes are held by nobody", l.held)
	}
}

// Given a large set that had to wait, when it comes again while there is still no room, then it is turned away before it reads
// anything, and once there is room it is let in.
func TestLoad_TurnedAwayOnce_WaitsWithoutReading(t *testing.T) {
	l := &Loads{}
	var holders []*Load
	for range maxLoad / MaxReadBytes {
		load := begin(t, l, 0)
		if err := load.Add(MaxReadBytes); err != nil {
			t.Fatal(err)
		}
		holders = append(holders, load)
	}
	first := begin(t, l, 0)
	if err := first.Add(MaxReadBytes); !errors.Is(err, ErrBusy) {
		t.Fatalf("got %v", err)
	}
	first.End()

	again, err := l.Begin(first.of, Sources{})
	again.End()
	if !errors.Is(err, ErrBusy) {
		t.Errorf("it may read: %v", err)
	}
	holders[0].End()
	last, err := l.Begin(first.of, Sources{})
	if err != nil {
		t.Errorf("it is kept out for ever: %v", err)
	}
	last.End()
	for _, load := range holders[1:] {
		load.End()
	}
	if len(l.turnedAway) != 0 || l.held != 0 {
		t.Errorf("%v is remembered, and %d bytes are held", l.turnedAway, l.held)
	}
}
