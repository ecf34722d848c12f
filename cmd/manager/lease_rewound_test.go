package main

import (
	"context"
	"errors"
	"testing"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/tools/leaderelection/resourcelock"
)

// kept is a Lease as a cluster keeps it: times in microseconds.
type kept struct {
	resourcelock.Interface
	record resourcelock.LeaderElectionRecord
}

func (k *kept) Identity() string { return "one" }

func (k *kept) Get(context.Context) (*resourcelock.LeaderElectionRecord, []byte, error) {
	record := k.record
	return &record, nil, nil
}

func (k *kept) Update(_ context.Context, record resourcelock.LeaderElectionRecord) error {
	record.RenewTime.Time = record.RenewTime.Truncate(time.Microsecond)
	k.record = record
	return nil
}

func TestALeaderWhoseClusterWasPutBackDoesNotGoOn(t *testing.T) {
	cluster := &kept{}
	l := &lease{Interface: cluster}
	renew := func(by string, at time.Time) {
		t.Helper()
		if err := l.Update(t.Context(), resourcelock.LeaderElectionRecord{HolderIdentity: by, RenewTime: metav1.Time{Time: at}}); err != nil {
			t.Fatal(err)
		}
	}
	now := time.Now()

	// given a leader that renewed its Lease, and then once more
	renew("one", now)
	backup := cluster.record
	renew("one", now.Add(2*time.Second+123*time.Nanosecond))
	if _, _, err := l.Get(t.Context()); err != nil {
		t.Fatalf("what it wrote itself is refused: %v", err)
	}

	// when the cluster is put back to what was in between
	cluster.record = backup

	// then it cannot renew
	if _, _, err := l.Get(t.Context()); !errors.Is(err, errRewoundLease) {
		t.Errorf("got %v", err)
	}

	// and another's Lease, which is an older one to it as well, is seen as it is
	cluster.record.HolderIdentity = "two"
	if record, _, err := l.Get(t.Context()); err != nil || record.HolderIdentity != "two" {
		t.Errorf("got %v, %v", record, err)
	}
}
