// Package report turns what the benchmark measured into files for people and for programs, and compares two of them. It
// measures nothing and is pure but for the files.
package report

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"slices"
)

// What is measured, and on what.
const (
	Manager    = "manager"
	Floor      = "floor"
	SQLite     = "sqlite"
	PostgreSQL = "postgres"
)

// Variant is one thing that is measured.
type Variant struct {
	Subject string `json:"subject"`
	Store   string `json:"store"`
	// Policy reports whether admission puts the finalizer, which saves a write.
	Policy bool `json:"finalizerPolicy"`
}

// Name is short and has no spaces, as in "manager/sqlite/policy".
func (v Variant) Name() string {
	if v.Policy {
		return v.Subject + "/" + v.Store + "/policy"
	}
	return v.Subject + "/" + v.Store
}

func (v Variant) title() string {
	title := v.Subject + ", SQLite"
	if v.Store == PostgreSQL {
		title = v.Subject + ", PostgreSQL"
	}
	if v.Policy {
		title += ", policy"
	}
	return title
}

// Case is a variant with so many objects.
type Case struct {
	Variant

	Objects int `json:"objects"`
}

// Sample is what one run of a case gave: each metric with its values, mostly one.
type Sample map[string][]float64

// Add adds a value.
func (s Sample) Add(metric string, value float64) { s[metric] = append(s[metric], value) }

// Results are all samples, and where they come from.
type Results struct {
	Date    string   `json:"date"`
	Commit  string   `json:"commit"`
	Command string   `json:"command"`
	Took    string   `json:"took"`
	Note    string   `json:"note,omitempty"`
	Machine Machine  `json:"machine"`
	Results []Result `json:"results"`
}

// Machine is what the numbers were taken on.
type Machine struct {
	Cores     int     `json:"cores"`
	MemoryGiB float64 `json:"memoryGiB"`
	System    string  `json:"system"`
	Go        string  `json:"go"`
	// SyncMilliseconds is the median time for a few bytes to reach the disk.
	SyncMilliseconds float64 `json:"syncMilliseconds"`
	// Load is the load average of the minute before.
	Load float64 `json:"load"`
}

func (m Machine) String() string {
	return fmt.Sprintf("%d cores, %.0f GiB of memory, %s, %s; a write reaches the disk in %.2f ms; the load average was %.2f before",
		m.Cores, m.MemoryGiB, m.System, m.Go, m.SyncMilliseconds, m.Load)
}

// Result is what one case gave: each metric with the values of all runs.
type Result struct {
	Case

	Metrics Sample `json:"metrics"`
}

// Add adds what a run gave.
func (r *Results) Add(c Case, s Sample) {
	at := slices.IndexFunc(r.Results, func(known Result) bool { return known.Case == c })
	if at < 0 {
		at = len(r.Results)
		r.Results = append(r.Results, Result{c, Sample{}})
	}
	for metric, values := range s {
		r.Results[at].Metrics[metric] = append(r.Results[at].Metrics[metric], values...)
	}
}

// Of finds the values of a case's metric; nil where it was not measured.
func (r *Results) Of(c Case, metric string) []float64 {
	for _, known := range r.Results {
		if known.Case == c {
			return known.Metrics[metric]
		}
	}
	return nil
}

// Write leaves out+".json" for programs and out+".md" for people.
func (r *Results) Write(out string) error {
	text, err := json.MarshalIndent(r, "", "  ")
	if err != nil {
		return err
	}
	return errors.Join(
		os.WriteFile(out+".json", append(text, '\n'), 0o644), //nolint:gosec // for everybody to read
		os.WriteFile(out+".md", []byte(r.Markdown()), 0o644)) //nolint:gosec // for everybody to read
}

// Read reads the file for programs.
func Read(path string) (*Results, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	r := &Results{}
	if err := json.Unmarshal(text, r); err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	for _, known := range r.Results {
		if known.Objects == 0 {
			return nil, fmt.Errorf("%s does not say how many objects there were: an older benchmark wrote it", path)
		}
	}
	return r, nil
}
