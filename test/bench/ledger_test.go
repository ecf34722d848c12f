package main

import (
	"context"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/account-operator/account-operator/test/bench/report"
)

// stocked is a site whose store a floor filled with two sets.
func stocked(t *testing.T) (*site, *ledger) {
	t.Helper()
	s := &site{
		of:      report.Case{Variant: report.Variant{Subject: report.Floor, Store: report.SQLite}, Objects: 2},
		address: "sqlite://" + filepath.Join(t.TempDir(), "floor.db"),
	}
	l, err := s.ledger()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	write(t, l, `CREATE TABLE floor (owner TEXT, name TEXT, version INTEGER)`)
	write(t, l, `INSERT INTO floor VALUES ('bench-0', 'TOKEN_0', 1), ('bench-0', 'TOKEN_1', 1), ('bench-1', 'TOKEN_0', 1)`)
	return s, l
}

func write(t *testing.T, l *ledger, statement string) {
	t.Helper()
	if _, err := l.ExecContext(t.Context(), statement); err != nil {
		t.Fatal(err)
	}
}

func TestWitness_Rows_AreCountedWithoutATrace(t *testing.T) {
	s, l := stocked(t)
	write(t, l, `CREATE TABLE leaders (epoch INTEGER)`)
	w, err := s.witness(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if n, err := w.rows(t.Context()); n != 0 || err != nil {
		t.Errorf("before anybody wrote: %d rows, %v", n, err)
	}
	write(t, l, `UPDATE floor SET version = 2 WHERE owner = 'bench-0'`)
	write(t, l, `DELETE FROM floor WHERE owner = 'bench-1'`)
	write(t, l, `INSERT INTO leaders VALUES (1)`) // who leads is no work
	if n, err := w.rows(t.Context()); n != 3 || err != nil {
		t.Errorf("after two updates and a deletion: %d rows, %v", n, err)
	}
	if err := w.dismiss(t.Context()); err != nil {
		t.Fatal(err)
	}
	var left int
	const query = `SELECT count(*) FROM sqlite_schema WHERE name LIKE 'bench%'`
	if err := l.QueryRowContext(t.Context(), query).Scan(&left); err != nil || left != 0 {
		t.Errorf("%d triggers and tables are left, %v", left, err)
	}
}

func TestWitness_OfNothing_IsRefused(t *testing.T) {
	s, l := stocked(t)
	write(t, l, `DELETE FROM floor`)
	if _, err := s.witness(t.Context()); err == nil || !strings.Contains(err.Error(), "0 rows were written on trial") {
		t.Errorf("a store in which nothing can be written on trial: %v", err)
	}
}

func TestLookout_Values_HasTheTimeOfEachChange(t *testing.T) {
	_, l := stocked(t)
	o, err := l.lookout(t.Context(), own, []int{0, 1}, time.Millisecond)
	if err != nil {
		t.Fatal(err)
	}
	begun := time.Now()
	write(t, l, `UPDATE floor SET version = 2`)
	seen, err := o.await(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"bench-0", "bench-1"} {
		if at := seen[name]; at.Before(begun) || at.After(time.Now()) {
			t.Errorf("%s changed at %v", name, at)
		}
	}
}

func TestLookout_UpdateNotSeen_IsAnError(t *testing.T) {
	_, l := stocked(t)
	o, err := l.lookout(t.Context(), own, []int{0, 1}, time.Millisecond)
	if err != nil {
		t.Fatal(err)
	}
	write(t, l, `UPDATE floor SET version = 2 WHERE owner = 'bench-0'`)
	ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
	defer cancel()
	if _, err := o.await(ctx); err == nil || !strings.Contains(err.Error(), " of 2 sets") {
		t.Errorf("one of two sets was written: %v", err)
	}
	if _, err := l.lookout(t.Context(), own, []int{0, 1, 2}, time.Millisecond); err == nil || !strings.Contains(err.Error(), "2 of 3 sets") {
		t.Errorf("one of three sets is not there: %v", err)
	}
}

func TestLedger_Store_IsCounted(t *testing.T) {
	s, _ := stocked(t)
	if err := s.holds(t.Context(), 2); err == nil || !strings.Contains(err.Error(), "3 variables, not 20") {
		t.Errorf("three variables of two sets: %v", err)
	}
}
