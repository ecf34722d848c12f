package main

import (
	"maps"
	"slices"
	"testing"
	"time"

	"github.com/account-operator/account-operator/test/bench/report"
)

// tasksOf are those of all rounds, as they come.
func tasksOf(p plan) (all []task) {
	for _, tasks := range p.todo() {
		all = append(all, ordered(tasks)...)
	}
	return all
}

// sizesOf counts the runs of each size.
func sizesOf(p plan) map[int]int {
	count := map[int]int{}
	for _, t := range tasksOf(p) {
		count[t.Objects]++
	}
	return count
}

func TestThePlanMeasuresSmallSizesOftenAndLargeOnesOnce(t *testing.T) {
	got := sizesOf(plan{runs: 3, quiet: time.Minute})
	if want := map[int]int{1000: 3 * 8, 5000: 4, 10_000: 2}; !maps.Equal(got, want) {
		t.Errorf("runs by size: %v, want %v", got, want)
	}
	if long := sizesOf(plan{long: true, runs: 3, quiet: time.Minute}); long[50_000] != 4 || long[5000] != 3*8 {
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
		for _, t := range tasksOf(p) {
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
		for _, t := range tasksOf(p) {
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

func TestWhatOnlyWaitsComesLastAndTogether(t *testing.T) {
	var names []string
	for _, tasks := range (plan{runs: 1, objects: sizes{0, 5000}, quiet: time.Minute}).todo() {
		for _, t := range ordered(tasks) {
			if _, rest := t.split(); len(rest) > 0 {
				names = append(names, t.Name()+": "+rest[0].name+", "+rest[len(rest)-1].name)
			} else if len(names) > 0 {
				names = append(names, t.Name()+" works beside them")
			}
		}
	}
	want := []string{"manager/sqlite/policy: what follows, quiet", "manager/postgres/policy: what follows, quiet"}
	if !slices.Equal(names, want) {
		t.Errorf("those that wait: %q, want %q", names, want)
	}
}
