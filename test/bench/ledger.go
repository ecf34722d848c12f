package main

import (
	"context"
	"database/sql"
	"fmt"
	"strings"
	"time"

	_ "github.com/jackc/pgx/v5/stdlib" // the driver "pgx"
	_ "modernc.org/sqlite"             // the driver "sqlite"

	"github.com/account-operator/account-operator/test/bench/report"
)

// ledger is the store as another program sees it.
type ledger struct {
	*sql.DB

	of report.Case
}

func (s *site) ledger() (l *ledger, err error) {
	l = &ledger{of: s.of}
	if path, found := strings.CutPrefix(s.address, "sqlite://"); found {
		l.DB, err = sql.Open("sqlite", "file:"+path+"?_pragma=busy_timeout(5000)")
	} else {
		l.DB, err = sql.Open("pgx", s.address)
	}
	return l, err
}

// values names the table that has them, and what besides the name is its key.
func (l *ledger) values() (table, key string) {
	if l.of.Subject == report.Floor {
		return "floor", "owner"
	}
	return "env_vars", "account_id"
}

// holds is an error unless the store has all variables of so many sets, and no others.
func (s *site) holds(ctx context.Context, sets int) error {
	l, err := s.ledger()
	if err != nil {
		return err
	}
	defer func() { _ = l.Close() }()
	var variables int
	table, _ := l.values()
	if err := l.QueryRowContext(ctx, `SELECT count(*) FROM `+table).Scan(&variables); err != nil {
		return err
	}
	if want := sets * report.Variables; variables != want {
		return fmt.Errorf("the store has %d variables, not %d", variables, want)
	}
	return nil
}

// versions is a query, cheap to repeat, for the account or owner of each of some sets and the version of the first
// variable, which changes as the value does.
func (l *ledger) versions(ctx context.Context, c crew, numbers []int) (query string, err error) {
	if l.of.Subject == report.Floor {
		return `SELECT owner, version FROM floor WHERE name = 'TOKEN_0' AND owner IN (` +
			list(numbers, func(n int) string { return "'" + c.set(n).Name + "'" }) + `)`, nil
	}
	rows, err := l.QueryContext(ctx, `SELECT id FROM accounts WHERE name IN (`+
		list(numbers, func(n int) string { return "'" + named(n).Name + "'" })+`)`)
	if err != nil {
		return "", err
	}
	defer func() { _ = rows.Close() }()
	var ids []int
	for rows.Next() {
		ids = append(ids, 0)
		if err := rows.Scan(&ids[len(ids)-1]); err != nil {
			return "", err
		}
	}
	return `SELECT a.name, v.version FROM env_vars v JOIN accounts a ON a.id = v.account_id
		WHERE v.name = '` + c.prefix + `TOKEN_0' AND v.account_id IN (` + list(ids, func(id int) string { return fmt.Sprint(id) }) + `)`, rows.Err()
}

func list(numbers []int, as func(n int) string) string {
	var texts []string
	for _, n := range numbers {
		texts = append(texts, as(n))
	}
	return strings.Join(texts, ", ")
}

// lookout sees when values change in the store.
type lookout struct {
	ledger *ledger
	query  string
	pause  time.Duration // between two looks
	before map[string]int64
}

// lookout remembers what the sets of a crew have now.
func (l *ledger) lookout(ctx context.Context, c crew, numbers []int, pause time.Duration) (o *lookout, err error) {
	o = &lookout{ledger: l, pause: pause}
	if o.query, err = l.versions(ctx, c, numbers); err != nil {
		return nil, err
	}
	if o.before, err = o.look(ctx); err != nil {
		return nil, err
	}
	if len(o.before) != len(numbers) {
		return nil, fmt.Errorf("the store has %d of %d sets", len(o.before), len(numbers))
	}
	return o, nil
}

func (o *lookout) look(ctx context.Context) (versions map[string]int64, err error) {
	rows, err := o.ledger.QueryContext(ctx, o.query)
	if err != nil {
		return nil, err
	}
	defer func() { _ = rows.Close() }()
	versions = make(map[string]int64, len(o.before))
	for rows.Next() {
		var name string
		var version int64
		if err := rows.Scan(&name, &version); err != nil {
			return nil, err
		}
		versions[name] = version
	}
	return versions, rows.Err()
}

// await waits until all have changed and returns when each was seen to have.
func (o *lookout) await(ctx context.Context) (seen map[string]time.Time, err error) {
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	again := time.NewTicker(o.pause)
	defer again.Stop()
	seen = make(map[string]time.Time, len(o.before))
	for {
		now, err := o.look(ctx)
		if err != nil {
			return nil, fmt.Errorf("the store has the new value of %d of %d sets: %w", len(seen), len(o.before), err)
		}
		for name, version := range now {
			if _, known := seen[name]; !known && version != o.before[name] {
				seen[name] = time.Now()
			}
		}
		if len(seen) == len(o.before) {
			return seen, nil
		}
		select {
		case <-again.C:
		case <-ctx.Done():
			return nil, fmt.Errorf("the store has the new value of %d of %d sets: %w", len(seen), len(o.before), ctx.Err())
		}
	}
}
