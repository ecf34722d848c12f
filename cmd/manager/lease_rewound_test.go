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

func TestLease_ClusterPutBack_LeaderEnds(t *testing.T) {
	cluster := &kept{}
	l := &lease{Interface: cluster}
	renew := func(at time.Time) error {
		return l.Update(t.Context(), resourcelock.LeaderElectionRecord{HolderIdentity: "one", RenewTime: metav1.Time{Time: at}})
	}
	now := time.Now()

	// given a leader that renewed its Lease, and then once more
	must(t, renew(now))
	backup := cluster.record
	must(t, renew(now.Add(2*time.Second+123*time.Nanosecond)))
	must(t, look(t, l))
	must(t, renew(now.Add(4*time.Second)))

	// when the cluster is put back to what was in between, and the leader has seen that
	cluster.record = backup
	must(t, look(t, l))

	// then it never renews again, also when another client had the Lease meanwhile, but can still let go
	for _, holder := range []string{"one", "two", "one"} {
		if err := renew(now.Add(6 * time.Second)); !errors.Is(err, errRewoundLease) {
			t.Errorf("got %v", err)
		}
		cluster.record.HolderIdentity = holder
		must(t, look(t, l))
	}
	must(t, l.Update(t.Context(), resourcelock.LeaderElectionRecord{}))
}

func look(t *testing.T, l *lease) error {
	t.Helper()
	_, _, err := l.Get(t.Context())
	return err
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
