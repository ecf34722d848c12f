package main

import (
	"errors"
	"fmt"
	"strings"
	"text/tabwriter"
)

// enough is the percentage of mutants that a package's tests have to find, of those that they run and that are programs.
const enough = 90

// result is what the tests of a package did.
type result struct {
	pkg      string
	efficacy float64        // percent
	mutants  map[string]int // by what became of them, in gremlins' words
}

func table(all []result) string {
	b := &strings.Builder{}
	w := tabwriter.NewWriter(b, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "package\tkilled\tlived\tnot covered\ttimed out\tnot viable\tefficacy")
	for _, r := range all {
		m := r.mutants
		fmt.Fprintf(w, "%s\t%d\t%d\t%d\t%d\t%d\t%.2f %%\n",
			r.pkg, m["KILLED"], m["LIVED"], m["NOT COVERED"], m["TIMED OUT"], m["NOT VIABLE"], r.efficacy)
	}
	_ = w.Flush() // into memory
	return b.String()
}

// judge is an error for each package whose tests found too few.
func judge(all []result) (err error) {
	for _, r := range all {
		if r.efficacy < enough {
			err = errors.Join(err, fmt.Errorf("%s: its tests found %.2f %% of the mutants, and are to find %d %%", r.pkg, r.efficacy, enough))
		}
	}
	return err
}
