package storetest

import (
	"context"
	"testing"
	"time"

	"github.com/account-operator/account-operator/internal/store"
)

// Fixture is one fresh store, and the ways in which other programs reach it.
type Fixture struct {
	Store store.Store
	// SQL runs a statement as another program would, on a connection of its own. Placeholders are $1, $2.
	SQL func(query string, args ...any) error
	// Rows answers a query on the same connection, every column as text.
	Rows func(query string, args ...any) ([][]string, error)
	// Reopen closes the store and opens what is there once more.
	Reopen func() store.Store
}

type promise struct {
	name  string
	prove func(*scene)
}

// scene is a test under way: a store that is led, and steps that fail the test when they fail.
type scene struct {
	*testing.T
	Fixture

	ctx    context.Context
	fenced store.FencedStore
}

const (
	cluster = "cluster-1"
	lease   = "manager"
	// patience is how long a promise may take on a machine that is busy with others; it only cuts short what hangs.
	patience = 5 * time.Minute
)

func begin(t *testing.T, f Fixture) *scene {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	t.Cleanup(cancel)
	s := &scene{T: t, Fixture: f, ctx: ctx}
	s.fenced = s.lead(lease)
	return s
}

func (s *scene) lead(lease string) store.FencedStore {
	s.Helper()
	fenced, err := s.Store.Lead(s.ctx, cluster, lease)
	s.must(err)
	return fenced
}

func (s *scene) must(err error) {
	s.Helper()
	if err != nil {
		s.Fatal(err)
	}
}

// foreign runs a statement as another program.
func (s *scene) foreign(query string, args ...any) {
	s.Helper()
	if err := s.SQL(query, args...); err != nil {
		s.Fatalf("%s: %v", query, err)
	}
}

// count answers a query for one number.
func (s *scene) count(query string, args ...any) string {
	s.Helper()
	rows, err := s.Rows(query, args...)
	s.must(err)
	return rows[0][0]
}

func join(groups ...[]promise) (all []promise) {
	for _, g := range groups {
		all = append(all, g...)
	}
	return all
}
