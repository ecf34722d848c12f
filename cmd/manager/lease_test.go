package main

import (
	"context"
	"errors"
	"testing"

	"k8s.io/client-go/tools/leaderelection/resourcelock"

	"github.com/account-operator/account-operator/internal/store"
)

// record is a Lease as all see it, and who reads it.
type record struct {
	resourcelock.Interface
	holder, identity string
}

func (r *record) Identity() string { return r.identity }

func (r *record) Get(context.Context) (*resourcelock.LeaderElectionRecord, []byte, error) {
	return &resourcelock.LeaderElectionRecord{HolderIdentity: r.holder}, nil, nil
}

func (r *record) Update(_ context.Context, of resourcelock.LeaderElectionRecord) error {
	r.holder = of.HolderIdentity
	return nil
}

// A leader that was frozen until another one held the Lease used to release it: it read, and did not see.
func TestLease_Released_OnlyByItsHolder(t *testing.T) {
	released := resourcelock.LeaderElectionRecord{}
	for _, c := range []struct {
		holder, want string
		err          error
	}{
		{"me", "", nil},
		{"another", "another", errLostLease},
	} {
		seen := &record{holder: c.holder, identity: "me"}
		l := &lease{Interface: seen}
		if _, _, err := l.Get(t.Context()); err != nil {
			t.Fatal(err)
		}
		if err := l.Update(t.Context(), released); !errors.Is(err, c.err) || seen.holder != c.want {
			t.Errorf("held by %s: released with %v, and then held by %q", c.holder, err, seen.holder)
		}
	}
}

// A manager that gives up for another reason gives its Lease back, too: that is not what it is to say.
func TestExit_TheLeaseWasGivenBack_NamesWhatTheCauseWas(t *testing.T) {
	electedThenNot := &lease{}
	electedThenNot.RecordEvent("began")
	electedThenNot.RecordEvent("ended")
	for name, c := range map[string]struct {
		lease *lease
		err   error
		want  bool
	}{
		"the elector says so":          {electedThenNot, errors.New(electorsWord), true},
		"it ended without a word":      {electedThenNot, nil, true},
		"caches were never filled":     {electedThenNot, errors.New("failed to wait for cache to sync"), false},
		"another leads in the store":   {electedThenNot, store.ErrFenced, false},
		"nobody was elected":           {&lease{}, errors.New(electorsWord), false},
		"it works without an election": {nil, errors.New("anything"), false},
	} {
		if got := c.lease.ended(c.err); got != c.want {
			t.Errorf("%s: the Lease is named: %v", name, got)
		}
	}
}

func TestLease_Expired_IsTakenFromItsHolder(t *testing.T) {
	seen := &record{holder: "another", identity: "me"}
	l := &lease{Interface: seen}
	if err := l.Update(t.Context(), resourcelock.LeaderElectionRecord{HolderIdentity: "me"}); err != nil || seen.holder != "me" {
		t.Errorf("held by %q: %v", seen.holder, err)
	}
	if err := l.Update(t.Context(), resourcelock.LeaderElectionRecord{}); err != nil || seen.holder != "" {
		t.Errorf("held by %q after the release: %v", seen.holder, err)
	}
}
