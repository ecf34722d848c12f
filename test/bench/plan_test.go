package main

import (
	"maps"
	"slices"
	"testing"
	"time"

	"github.com/account-operator/account-operator/test/bench/report"
)

// sizesOf counts the runs of each size.
func sizesOf(todo []task) map[int]int {
	count := map[int]int{}
	for _, t := range todo {
		count[t.Objects]++
	}
	return count
}

func TestThePlanMeasuresSmallSizesOftenAndLargeOnesOnce(t *testing.T) {
	got := sizesOf(plan{runs: 3, quiet: time.Minute}.todo())
	if want := map[int]int{1000: 3 * 8, 5000: 4, 10_000: 2}; !maps.Equal(got, want) {
		t.Errorf("runs by size: %v, want %v", got, want)
	}
	if long := sizesOf(plan{long: true, runs: 3, quiet: time.Minute}.todo()); long[50_000] != 4 || long[5000] != 3*8 {
		t.Errorf("runs by size in the long plan: %v", long)
	}
}

func TestOtherSizesTakeThePlaceOfTheStages(t *testing.T) {
	for text, want := range map[string][]int{"100": {100}, "0,7": {7}, "1,2,3": {1, 2, 3}} {
		p := plan{runs: 1, only: "manager/sqlite/policy"}
		if err := p.objects.Set(text); err != nil {
			t.Fatal(err)
		}
		var got []int
		for _, t := range p.todo() {
			got = append(got, t.Objects)
		}
		if !slices.Equal(got, want) {
			t.Errorf("-objects=%s measures %v, want %v", text, got, want)
		}
	}
	for _, text := range []string{"", "many", "-1", "1,,2"} {
		if err := new(sizes).Set(text); err == nil {
			t.Errorf("-objects=%s is taken", text)
		}
	}
}

func TestItIsQuietOnlyOnceAndNotAtAllForNoTime(t *testing.T) {
	quiets := func(p plan) (n int) {
		for _, t := range p.todo() {
			for _, s := range t.steps {
				if s.name == quiet.name {
					n++
				}
			}
		}
		return n
	}
	p := plan{long: true, runs: 3, quiet: time.Minute, only: report.Manager + "/" + report.SQLite + "/policy"}
	if n := quiets(p); n != 1 {
		t.Errorf("it is quiet %d times in three runs", n)
	}
	if p.quiet = 0; quiets(p) != 0 {
		t.Error("it is quiet for no time")
	}
}
