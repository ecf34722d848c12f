package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"slices"
	"strings"
	"time"

	"github.com/account-operator/account-operator/test/fault"
)

// result is what a test did for a goal.
type result struct {
	Passed int      `json:"passed"`
	Failed []string `json:"failed,omitempty"` // cases, or the test itself
	Fired  int64    `json:"fired"`
	// Seconds that the test took for all of its goals.
	Seconds float64 `json:"seconds"`
	Commit  string  `json:"commit"`
	Date    string  `json:"date"`
}

func (r result) cases() int { return r.Passed + len(r.Failed) }

// results are by goal and test, as "G2 ./internal/controller TestName".
type results map[string]*result

func key(g fault.Goal, t fault.Test) string { return g.ID + " " + t.Package + " " + t.Name }

// add takes in what a package's run reported.
func (r results) add(goals []fault.Goal, pkg folder, reported report, commit string) {
	for _, g := range goals {
		for _, t := range g.Tests {
			seconds, ran := reported.took(t.Name)
			if t.Package != string(pkg) || !ran && !reported.failed[""] {
				continue
			}
			one := &result{Seconds: seconds, Commit: commit, Date: time.Now().UTC().Format(time.DateOnly)}
			one.count(g, t, reported)
			if (!ran || reported.endedBadly()) && len(one.Failed) == 0 {
				one.Failed = []string{t.Name}
			}
			r[key(g, t)] = one
		}
	}
}

func (r *result) count(g fault.Goal, t fault.Test, reported report) {
	for _, o := range reported.outcomes {
		switch {
		case !within(o.test, t.Name) || o.Goal != g.ID:
			continue
		case o.Failed:
			r.Failed = append(r.Failed, o.test)
		default:
			r.Passed++
		}
		r.Fired += o.Fired
	}
	if len(r.Failed) == 0 && (reported.failed[t.Name]) {
		r.Failed = []string{t.Name}
	}
	slices.Sort(r.Failed)
}

// endedBadly reports whether the package failed although none of its tests did: something was left over, or broke.
func (r report) endedBadly() bool { return r.failed[""] && len(r.failed) == 1 }

// within reports whether a test is the other one, or a part of it.
func within(test, other string) bool { return test == other || strings.HasPrefix(test, other+"/") }

// took is how long a test took, or a part of one that has no end of its own: all of its subtests.
func (r report) took(name string) (seconds float64, ran bool) {
	if seconds, ran = r.seconds[name]; ran {
		return seconds, true
	}
	for test, more := range r.seconds {
		if within(test, name) {
			seconds, ran = seconds+more, true
		}
	}
	return seconds, ran
}

// takes adds up how long the tests of the goals took.
func (r results) takes(goals []fault.Goal) time.Duration {
	seconds := map[string]float64{}
	for _, g := range goals {
		for _, t := range g.Tests {
			if known := r[key(g, t)]; known != nil {
				seconds[t.Package+t.Name] = known.Seconds
			}
		}
	}
	var sum float64
	for _, s := range seconds {
		sum += s
	}
	return (time.Duration(sum) * time.Second).Round(time.Minute)
}

// take lets a later run's results stand for those of an earlier one.
func (r results) take(later results) {
	for k, v := range later {
		r[k] = v
	}
}

func load(path string) (results, error) {
	text, err := os.ReadFile(path + ".json")
	if errors.Is(err, fs.ErrNotExist) {
		return results{}, nil
	}
	known := results{}
	if err == nil {
		err = json.Unmarshal(text, &known)
	}
	if err != nil {
		return nil, fmt.Errorf("reading the results before: %w", err)
	}
	return known, nil
}

func (r results) write(path string) error {
	r.forgetUnknown()
	text, err := json.MarshalIndent(r, "", "\t")
	if err != nil {
		return err
	}
	if err := os.WriteFile(path+".json", append(text, '\n'), 0o644); err != nil {
		return err
	}
	return os.WriteFile(path+".md", []byte(r.page()), 0o644)
}

// forgetUnknown drops what belongs to no test any more.
func (r results) forgetUnknown() {
	known := map[string]bool{}
	for _, g := range fault.Goals {
		for _, t := range g.Tests {
			known[key(g, t)] = true
		}
	}
	for k := range r {
		if !known[k] {
			delete(r, k)
		}
	}
}

// revision is the commit that runs. What a run before this one wrote makes it no other.
func revision(ctx context.Context) string {
	commit, err := exec.CommandContext(ctx, "git", "describe", "--always").Output()
	if err != nil {
		return "unknown"
	}
	changed, err := exec.CommandContext(ctx, "git", "status", "--porcelain", "--", ".", ":(exclude)docs/reliability.*").Output()
	if err != nil || len(changed) > 0 {
		return strings.TrimSpace(string(commit)) + "-dirty"
	}
	return strings.TrimSpace(string(commit))
}
