// Command compare compares two result files of the benchmark.
//
//	make bench-compare OLD=a.json NEW=b.json
package main

import (
	"errors"
	"fmt"
	"os"

	"github.com/account-operator/account-operator/test/bench/report"
)

func main() {
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "bench-compare:", err)
		os.Exit(1)
	}
}

func run(paths []string) error {
	if len(paths) != 2 {
		return errors.New("needs two result files: make bench-compare OLD=a.json NEW=b.json")
	}
	old, err := report.Read(paths[0])
	if err != nil {
		return err
	}
	current, err := report.Read(paths[1])
	if err != nil {
		return err
	}
	return report.Compare(os.Stdout, old, current)
}
