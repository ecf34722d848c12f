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
		for _, match := range patterns(pkg.tests(goals, short)) {
			say("%s: %s", pkg, match)
			r, err := goTest(ctx, string(pkg), match, short)
			if err = errors.Join(err, ctx.Err()); err != nil {
				return nil, err
			}
			got.add(goals, pkg, r, commit)
		}
	}
	return got, nil
}

// patterns match the names: those of whole tests together, and those of parts of a test together.
func patterns(names []string) (found []string) {
	var whole, tests, parts []string
	for _, name := range names {
		test, part, divided := strings.Cut(name, "/")
		switch {
		case !divided:
			whole = append(whole, test)
			continue
		case !slices.Contains(tests, test):
			tests = append(tests, test)
		}
		if !slices.Contains(parts, part) {
			parts = append(parts, part)
		}
	}
	if len(whole) > 0 {
		found = append(found, oneOf(whole))
	}
	if len(parts) > 0 {
		found = append(found, oneOf(tests)+"/"+oneOf(parts))
	}
	return found
}

func oneOf(names []string) string { return "^(" + strings.Join(names, "|") + ")$" }

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
			if t.Name == parts[0] || t.Name == parts[0]+"/"+parts[min(1, len(parts)-1)] {
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
