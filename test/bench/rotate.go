package main

import (
	"context"
	"database/sql"
	"fmt"
	"math"
	"slices"
	"strings"
	"time"

	_ "github.com/jackc/pgx/v5/stdlib" // the driver "pgx"
	_ "modernc.org/sqlite"             // the driver "sqlite"
)

// Between two rotations the subject comes to rest; the store is looked at so often.
const (
	rotationPause = 100 * time.Millisecond
	lookPause     = 500 * time.Microsecond
)

// rotate updates Secrets one after the other and measures how long it takes from
// the API server's answer until another program sees the value in the store.
func (s *site) rotate(ctx context.Context, got sample) error {
	db, err := s.database()
	if err != nil {
		return err
	}
	defer func() { _ = db.Close() }()
	next := time.NewTicker(rotationPause)
	defer next.Stop()
	var took []float64
	for i := range s.bench.rotations {
		<-next.C
		ms, err := s.rotateOne(ctx, db, i*7919%s.bench.objects, i+1)
		if err != nil {
			return err
		}
		took = append(took, ms)
	}
	slices.Sort(took)
	got["rotation/p50"], got["rotation/p99"] = percentile(took, 50), percentile(took, 99)
	say("  rotation: p50 %.1f ms, p99 %.1f ms", got["rotation/p50"], got["rotation/p99"])
	return nil
}

func (s *site) rotateOne(ctx context.Context, db *sql.DB, n, round int) (milliseconds float64, err error) {
	query, err := s.version(ctx, db, n)
	if err != nil {
		return 0, err
	}
	look := func() (version int64, err error) {
		err = db.QueryRowContext(ctx, query).Scan(&version)
		return version, err
	}
	before, err := look()
	if err != nil {
		return 0, err
	}
	if err := s.api.Update(ctx, secret(n, round)); err != nil {
		return 0, err
	}
	accepted := time.Now()
	again := time.NewTicker(lookPause)
	defer again.Stop()
	for time.Since(accepted) < limit {
		now, err := look()
		if err != nil {
			return 0, err
		}
		if now != before {
			return float64(time.Since(accepted).Microseconds()) / 1000, nil
		}
		<-again.C
	}
	return 0, fmt.Errorf("the value of %s was not stored within %s", named(n).Name, limit)
}

// version is a query, cheap to repeat, for what changes as a set's variable does.
func (s *site) version(ctx context.Context, db *sql.DB, n int) (string, error) {
	if s.variant.Subject == subjectFloor {
		return fmt.Sprintf(`SELECT version FROM floor WHERE owner = '%s' AND name = 'TOKEN_0'`, named(n).Name), nil
	}
	var account int64
	err := db.QueryRowContext(ctx, fmt.Sprintf(`SELECT id FROM accounts WHERE name = '%s'`, named(n).Name)).Scan(&account)
	return fmt.Sprintf(`SELECT version FROM env_vars WHERE account_id = %d AND name = 'TOKEN_0'`, account), err
}

// storeWrites is how many writes the manager's store has recorded.
func (s *site) storeWrites(ctx context.Context) (n int64, err error) {
	if s.variant.Subject == subjectFloor {
		return 0, nil
	}
	db, err := s.database()
	if err != nil {
		return 0, err
	}
	defer func() { _ = db.Close() }()
	err = db.QueryRowContext(ctx, `SELECT count(*) FROM audit`).Scan(&n)
	return n, err
}

// database is the store as another program sees it.
func (s *site) database() (*sql.DB, error) {
	if path, found := strings.CutPrefix(s.address, "sqlite://"); found {
		return sql.Open("sqlite", "file:"+path+"?_pragma=busy_timeout(5000)&_pragma=query_only(1)")
	}
	return sql.Open("pgx", s.address)
}

// percentile takes the nearest rank of sorted values.
func percentile(sorted []float64, p float64) float64 {
	if len(sorted) == 0 {
		return 0
	}
	return sorted[max(0, int(math.Ceil(p/100*float64(len(sorted))))-1)]
}
