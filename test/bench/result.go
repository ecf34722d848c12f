package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"slices"
	"strings"
	"time"
)

// results are all samples, and where they come from.
type results struct {
	Date    string   `json:"date"`
	Commit  string   `json:"commit"`
	Command string   `json:"command"`
	Note    string   `json:"note,omitempty"`
	Machine machine  `json:"machine"`
	Runs    int      `json:"runs"`
	Objects int      `json:"objects"`
	Results []result `json:"results"`

	plan plan
}

// result is what one variant gave: each metric with a value a run.
type result struct {
	variant

	Metrics map[string][]float64 `json:"metrics"`
}

func newResults(ctx context.Context, p plan) *results {
	commit := "unknown"
	if out, err := exec.CommandContext(ctx, "git", "describe", "--always", "--dirty").Output(); err == nil {
		commit = strings.TrimSpace(string(out))
	}
	return &results{
		Date: time.Now().UTC().Format(time.DateOnly), Commit: commit, Note: p.note,
		Command: command(os.Args[1:]),
		Machine: thisMachine(), Runs: p.runs, Objects: p.objects, plan: p,
	}
}

// command is what to type for the same measurement; the note stands elsewhere.
func command(args []string) string {
	args = slices.DeleteFunc(slices.Clone(args), func(arg string) bool { return strings.HasPrefix(arg, "-note=") })
	return strings.Join(append([]string{"go run ./test/bench"}, args...), " ")
}

func (r *results) add(v variant, s sample) {
	at := slices.IndexFunc(r.Results, func(known result) bool { return known.variant == v })
	if at < 0 {
		at = len(r.Results)
		r.Results = append(r.Results, result{v, map[string][]float64{}})
	}
	for metric, value := range s {
		r.Results[at].Metrics[metric] = append(r.Results[at].Metrics[metric], value)
	}
}

// of finds the values of a variant's metric; nil where it was not measured.
func (r *results) of(v variant, metric string) []float64 {
	for _, known := range r.Results {
		if known.variant == v {
			return known.Metrics[metric]
		}
	}
	return nil
}

// write leaves files for people and for programs.
func (r *results) write(out string) error {
	text, err := json.MarshalIndent(r, "", "  ")
	if err != nil {
		return err
	}
	for path, content := range map[string]string{out + ".json": string(text) + "\n", out + ".md": r.report()} {
		if err := os.WriteFile(path, []byte(content), 0o644); err != nil { //nolint:gosec // for everybody to read
			return err
		}
		say("wrote %s", path)
	}
	return nil
}

func median(values []float64) float64 {
	sorted := slices.Sorted(slices.Values(values))
	middle := len(sorted) / 2
	if len(sorted)%2 == 1 {
		return sorted[middle]
	}
	return (sorted[middle-1] + sorted[middle]) / 2
}

// cell is a median with the least and the most beside it.
func cell(values []float64, format string) string {
	if len(values) == 0 {
		return "-"
	}
	text := fmt.Sprintf(format, median(values))
	if len(values) > 1 {
		text += fmt.Sprintf(" ("+format+"-"+format+")", slices.Min(values), slices.Max(values))
	}
	return text
}
