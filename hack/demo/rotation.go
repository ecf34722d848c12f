package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/account-operator/account-operator/test/cluster"
)

// The version of a variable grows with every write of it.
const tokenVersion = `SELECT version FROM env_vars WHERE name = 'HF_TOKEN'`

// rotate changes the Secret and measures until the store has the new value: from the moment the API server got the
// request, which its audit log has, to the moment another program sees the row's new version; and until a process in an instance has it.
func rotate(ctx context.Context, s *stage) (err error) {
	store, err := watch(s.database())
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, store.close()) }()
	before, err := store.number(ctx, tokenVersion)
	if err != nil {
		return fmt.Errorf("reading the version of HF_TOKEN: %w", err)
	}
	ctx, cancel := context.WithTimeoutCause(ctx, waitLimit, errors.New("the new value did not come into the store"))
	defer cancel()
	mark := s.cluster.Audit.Mark()
	stored := store.whenNot(ctx, tokenVersion, before)
	if err := s.run(ctx, "kubectl apply -f hack/demo/rotated-secret.yaml", "secret/hugging-face configured"); err != nil {
		return err
	}
	seen := <-stored
	if seen.err != nil {
		return seen.err
	}
	asked, err := arrival(s.cluster.Audit, mark)
	if err != nil {
		return err
	}
	s.screen.result("%s after the API server got the new Secret, the store had the new value", milliseconds(seen.at.Sub(asked)))
	var has token
	err = s.hasToken(ctx, func() (_ token, err error) {
		has, err = s.instance.next(ctx)()
		return has, err
	})
	if err != nil {
		return err
	}
	s.screen.result("%s after the API server got the new Secret, the process had been started again with it", milliseconds(has.at.Sub(asked)))
	return nil
}

// arrival is when the write of a Secret after the mark reached the API server.
func arrival(audit *cluster.Audit, mark cluster.Mark) (time.Time, error) {
	requests, err := audit.Since(mark, cluster.ByResource("secrets"), cluster.Writes)
	if err != nil {
		return time.Time{}, err
	}
	if len(requests) != 1 {
		return time.Time{}, fmt.Errorf("the API server got %d writes of a Secret, not one", len(requests))
	}
	return requests[0].At, nil
}

// milliseconds has a tenth where it matters.
func milliseconds(d time.Duration) string {
	ms := float64(d) / float64(time.Millisecond)
	if ms < 10 {
		return fmt.Sprintf("%.1f ms", ms)
	}
	return fmt.Sprintf("%.0f ms", ms)
}
