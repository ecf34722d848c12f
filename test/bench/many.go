package main

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/account-operator/account-operator/api/v1alpha1"
	"github.com/account-operator/account-operator/test/bench/report"
	"github.com/account-operator/account-operator/test/cluster"
)

// What sets with a selector choose Accounts by: all of them, or a few.
const (
	forAll   = "bench-all"
	forFew   = "bench-few"
	few      = 40
	manySets = 10 // for all Accounts; the first takes a Secret
)

// labelled are the labels of an Account.
func labelled(n int) map[string]string {
	labels := map[string]string{forAll: "yes"}
	if n < few {
		labels[forFew] = "yes"
	}
	return labels
}

// selecting is a set for all Accounts with a label. Its variables begin with its name.
type selecting struct{ crew }

func selects(label string) selecting { return selecting{crew{label, label + "_", label}} }

func (c selecting) set() *v1alpha1.EnvVarSet {
	s := c.crew.set(0)
	s.Spec.AccountRef = v1alpha1.AccountReference{}
	s.Spec.AccountSelector = &v1alpha1.AccountSelector{MatchLabels: map[string]string{c.name: "yes"}}
	return s
}

// many gives all Accounts ten sets and a few of them another, by their labels. It updates the Secret of one that all have, and again and
// again that of the few, and measures until all have the new value in the store. Then the manager is restarted.
func (s *site) many(ctx context.Context, got report.Sample) error {
	all, some := selects(forAll), selects(forFew)
	if err := s.equip(ctx, all, some); err != nil {
		return err
	}
	if err := s.rotateMany(ctx, all, got); err != nil {
		return err
	}
	if err := s.rotateFew(ctx, some, got); err != nil {
		return err
	}
	return s.restartMany(ctx, got)
}

// equip makes the sets.
func (s *site) equip(ctx context.Context, all, some selecting) error {
	present, _ := s.sets.counts()
	for _, c := range []selecting{all, some} {
		if err := s.api.Create(ctx, secret(metav1.ObjectMeta{Namespace: ns, Name: c.secret}, 0)); err != nil {
			return err
		}
		if err := s.api.Create(ctx, c.set()); err != nil {
			return err
		}
	}
	for n := 1; n < manySets; n++ {
		set := all.set()
		set.Name = fmt.Sprintf("%s-%d", all.name, n)
		set.Spec.EnvFrom, set.Spec.Env = nil, []v1alpha1.EnvVar{{Name: fmt.Sprintf("MANY_%d", n), Value: new("some text")}}
		if err := s.api.Create(ctx, set); err != nil {
			return err
		}
	}
	if err := s.sees(ctx, s.sets, present+manySets+1); err != nil {
		return err
	}
	return s.rests(ctx)
}

// rotateMany counts what one update costs in all.
func (s *site) rotateMany(ctx context.Context, all selecting, got report.Sample) error {
	m, err := s.meter(ctx)
	if err != nil {
		return err
	}
	times, err := s.rotateSelecting(ctx, all, s.of.Objects, 1, 10*time.Millisecond)
	if err != nil {
		return err
	}
	if err := s.rests(ctx); err != nil {
		return err
	}
	c, err := m.costs(ctx)
	if err != nil {
		return err
	}
	got.Add("many/first", times[0]/1000)
	got.Add("many/last", times[len(times)-1]/1000)
	got.Add("many/cpu", float64(c.cpu.Milliseconds()))
	got.Add("many/secrets", float64(c.secrets))
	got.Add("many/writes", float64(c.writes))
	say("  one set for %d accounts: first after %.2f s, last after %.2f s, %d Secrets read, %d writes", len(times), times[0]/1000, times[len(times)-1]/1000, c.secrets, c.writes)
	return nil
}

// rotateFew measures until the last of the few has the value.
func (s *site) rotateFew(ctx context.Context, some selecting, got report.Sample) error {
	var took []float64
	profile := s.profile(ctx, "many-cpu", 5)
	next := time.NewTicker(rotationPause)
	defer next.Stop()
	for n := range s.bench.rotations {
		<-next.C
		times, err := s.rotateSelecting(ctx, some, min(few, s.of.Objects), n+1, 2*time.Millisecond)
		if err != nil {
			return err
		}
		took = append(took, times[len(times)-1])
	}
	got.Add("many/p50", report.Percentile(took, 50))
	got.Add("many/p99", report.Percentile(took, 99))
	say("  one set for %d accounts: p50 %.1f ms, p99 %.1f ms", few, report.Percentile(took, 50), report.Percentile(took, 99))
	return errors.Join(<-profile, s.rests(ctx))
}

// rotateSelecting updates the Secret of a set, and returns when so many accounts had its value, in milliseconds and in order.
func (s *site) rotateSelecting(ctx context.Context, c selecting, accounts, round int, look time.Duration) (took []float64, err error) {
	l, err := s.ledger()
	if err != nil {
		return nil, err
	}
	defer func() { _ = l.Close() }()
	o, err := l.lookout(ctx, c.crew, numbers(accounts), look)
	if err != nil {
		return nil, err
	}
	if err := s.api.Update(ctx, secret(metav1.ObjectMeta{Namespace: ns, Name: c.secret}, round)); err != nil {
		return nil, err
	}
	accepted := time.Now()
	seen, err := o.await(ctx)
	for _, at := range slices.SortedFunc(maps.Values(seen), time.Time.Compare) {
		took = append(took, since(accepted, at))
	}
	return took, err
}

// restartMany counts what a start costs with everything settled.
func (s *site) restartMany(ctx context.Context, got report.Sample) error {
	sets, _ := s.sets.counts()
	if err := s.stop(); err != nil {
		return err
	}
	m := meter{site: s, mark: s.cluster.Audit.Mark()}
	if err := s.start(); err != nil {
		return err
	}
	if err := s.hasSeen(ctx, sets+s.of.Objects); err != nil {
		return err
	}
	requests, _, err := m.requests()
	if err != nil {
		return err
	}
	count := cluster.Count(requests)
	secrets, writes := count["get secrets"], count["update envvarsets/status"]+count["patch envvarsets"]
	got.Add("many/restart-secrets", float64(secrets))
	got.Add("many/restart-writes", float64(writes))
	say("  a restart with %d pairs: %d Secrets read, %d writes of sets", manySets*s.of.Objects, secrets, writes)
	return nil
}
