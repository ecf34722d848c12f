package store_test

import (
	"testing"
	"time"

	"github.com/account-operator/account-operator/internal/store"
)

func TestIdentity_OlderThan_ComparesIncarnationBeforeMark(t *testing.T) {
	known := store.Identity{ID: "a", Incarnation: 5, Mark: 10}
	for name, c := range map[string]struct {
		is   store.Identity
		want bool
	}{
		"as it was":                      {store.Identity{ID: "a", Incarnation: 5, Mark: 10}, false},
		"led since":                      {store.Identity{ID: "a", Incarnation: 5, Mark: 11}, false},
		"a lower mark":                   {store.Identity{ID: "a", Incarnation: 5, Mark: 9}, true},
		"an earlier incarnation":         {store.Identity{ID: "a", Incarnation: 4, Mark: 99}, true},
		"put back, and found by another": {store.Identity{ID: "a", Incarnation: 6, Mark: 1}, false},
		"another store":                  {store.Identity{ID: "b", Incarnation: 0, Mark: 0}, false},
	} {
		if got := c.is.OlderThan(known); got != c.want {
			t.Errorf("%s: %v", name, got)
		}
	}
}

func TestParseCommit_WhatStringGave_IsTheSameWrite(t *testing.T) {
	c := store.Commit{Number: 7, At: time.Date(2026, 1, 2, 3, 4, 5, 678901000, time.UTC)}
	if got := store.ParseCommit(c.String()); got != c {
		t.Errorf("%v became %v", c, got)
	}
	for _, text := range []string{"", "7", "7@", "x@2026-01-02T03:04:05Z", "7@yesterday", store.Commit{}.String()} {
		if got := store.ParseCommit(text); got != (store.Commit{}) {
			t.Errorf("%q became %v", text, got)
		}
	}
}
