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
		all = append(all, tasks...)
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

func TestPlan_Sizes_SmallOnesOftenAndLargeOnesOnce(t *testing.T) {
	got := sizesOf(plan{runs: 3, quiet: time.Minute})
	if want := map[int]int{1000: 3 * 8, 5000: 4, 10_000: 2}; !maps.Equal(got, want) {
		t.Errorf("runs by size: %v, want %v", got, want)
	}
	if long := sizesOf(plan{long: true, runs: 3, quiet: time.Minute}); long[50_000] != 4 || long[5000] != 3*8 {
		t.Errorf("runs by size in the long plan: %v", long)
	}
}

func TestPlan_OtherSizes_ReplaceTheStages(t *testing.T) {
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

func TestPlan_Quiet_OnceOrNotAtAll(t *testing.T) {
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

func TestPlan_WhatOnlyWaits_ComesLastAndTogether(t *testing.T) {
	names := func(tasks []task) (all []string) {
		for _, t := range tasks {
			_, rest := t.split()
			name := t.Name()
			for _, s := range rest {
				name += ", " + s.name
			}
			all = append(all, name)
		}
		return all
	}
	rounds := plan{runs: 1, objects: sizes{0, 5000}, quiet: time.Minute}.todo()
	if len(rounds) != 1 {
		t.Fatalf("%d rounds", len(rounds))
	}
	alone, together := apart(rounds[0])
	if got, want := names(alone), []string{"floor/sqlite/policy", "floor/postgres/policy"}; !slices.Equal(got, want) {
		t.Errorf("alone: %q, want %q", got, want)
	}
	want := []string{"manager/sqlite/policy, quiet", "manager/postgres/policy, quiet"}
	if got := names(together); !slices.Equal(got, want) {
		t.Errorf("together: %q, want %q", got, want)
	}
}

func TestPlan_ChosenSteps_OnlyThoseAndTheApply(t *testing.T) {
	p := plan{runs: 1, objects: sizes{100}, only: "/policy"}
	if err := p.chosen.Set("rotation,one set for many accounts"); err != nil {
		t.Fatal(err)
	}
	got := map[string][]string{}
	for _, task := range tasksOf(p) {
		for _, s := range task.steps {
			got[task.Name()] = append(got[task.Name()], s.name)
		}
	}
	floor, manager := []string{"apply", "rotation"}, []string{"apply", "rotation", "one set for many accounts"}
	want := map[string][]string{
		"floor/sqlite/policy": floor, "floor/postgres/policy": floor, "manager/sqlite/policy": manager, "manager/postgres/policy": manager,
	}
	if !maps.EqualFunc(got, want, slices.Equal) {
		t.Errorf("steps: %v, want %v", got, want)
	}
	if err := p.chosen.Set("rotations"); err == nil {
		t.Error("a part that there is not is taken")
	}
}
