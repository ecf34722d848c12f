package main

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/account-operator/account-operator/test/fault"
)

// runAll runs the tests of the goals, a package at a time.
func runAll(ctx context.Context, goals []fault.Goal, short bool) (results, error) {
	got, commit := results{}, revision(ctx)
	for _, pkg := range packages(goals) {
		names := pkg.tests(goals, short)
		if len(names) == 0 {
			continue
		}
		say("%s: %d tests", pkg, len(names))
		r, err := goTest(ctx, string(pkg), "^("+strings.Join(names, "|")+")$", short)
		if err = errors.Join(err, ctx.Err()); err != nil {
			return nil, err
		}
		got.add(goals, pkg, r, commit)
	}
	return got, nil
}

// folder is a package, as the go command takes it.
type folder string

func packages(goals []fault.Goal) (found []folder) {
	for _, g := range goals {
		for _, t := range g.Tests {
			if !slices.Contains(found, folder(t.Package)) {
				found = append(found, folder(t.Package))
			}
		}
	}
	return found
}

// tests are the names of those in the package that have cases of the goals.
func (f folder) tests(goals []fault.Goal, short bool) (names []string) {
	for _, g := range goals {
		for _, t := range g.Tests {
			if t.Package == string(f) && (!short || t.Short > 0) && !slices.Contains(names, t.Name) {
				names = append(names, t.Name)
			}
		}
	}
	return names
}

// replay runs a case alone, by its name.
func replay(ctx context.Context, name string) error {
	id, path, _ := strings.Cut(name, "/")
	parts := strings.Split(path, "/")
	for _, g := range chosen(id) {
		for _, t := range g.Tests {
			if t.Name == parts[0] {
				return replayIn(ctx, t.Package, parts)
			}
		}
	}
	return fmt.Errorf("no goal has a case %s; names stand in docs/reliability.md, and before the subtests in what failed", name)
}

func replayIn(ctx context.Context, pkg string, parts []string) error {
	for i := range parts {
		parts[i] = "^" + regexp.QuoteMeta(parts[i]) + "$"
	}
	r, err := goTest(ctx, pkg, strings.Join(parts, "/"), false)
	if err != nil {
		return err
	}
	for _, o := range r.outcomes {
		say("%s fired %d times, failed: %v", o.test, o.Fired, o.Failed)
	}
	if len(r.failed) > 0 || len(r.outcomes) == 0 {
		return fmt.Errorf("it failed, or there is no such case")
	}
	return nil
}
