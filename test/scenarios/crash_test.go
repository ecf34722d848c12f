package scenarios

import (
	"hash/fnv"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/account-operator/account-operator/test/fault"
	"github.com/account-operator/account-operator/test/long"
)

// A manager is stopped at every one of its side effects, before it, inside it and after it. The next one brings the world to
// where an undisturbed run brings it, and does nothing twice. In short it is one effect of each workload, another each day.
func TestCrash_AtAnySideEffect_EndsAsUndisturbed(t *testing.T) {
	today := fnv.New64a()
	_, _ = today.Write([]byte(time.Now().Format(time.DateOnly)))
	chance := rand.New(rand.NewPCG(today.Sum64(), 0)) //nolint:gosec // which it is need not be secret
	dialects := []string{"sqlite", "postgres"}
	for _, w := range workloads {
		one := chance.IntN(len(dialects))
		for _, dialect := range long.Choose(dialects[one:one+1], dialects) {
			number := chance.Uint64()
			t.Run(inName.Replace(w.name)+"/"+dialect, func(t *testing.T) {
				t.Parallel()
				want, effects := w.known(t, dialect)
				for _, b := range long.Choose(oneOf(blows(effects), number), blows(effects)) {
					t.Run(inName.Replace(b.effect)+"/"+string(b.moment), func(t *testing.T) {
						t.Parallel()
						c := fault.Case{Goal: "G1", Workload: w.name, Trigger: b.effect, Action: "stop " + string(b.moment), Dialect: dialect}
						w.struck(t, c, b, want)
					})
				}
			})
		}
	}
}

// inName makes words fit into the name of a test.
var inName = strings.NewReplacer(" ", "-", "/", "-")

// blows are all there are: before, inside and after each effect.
func blows(effects []string) (all []blow) {
	for _, e := range effects {
		for _, m := range []moment{before, inside, after} {
			all = append(all, blow{e, m})
		}
	}
	return all
}

// oneOf chooses a blow by a number, among those at the first effect of a name: that one always happens.
func oneOf(all []blow, number uint64) []blow {
	first := slices.DeleteFunc(all, func(b blow) bool { return !strings.HasSuffix(b.effect, " 1") })
	n := int(number % uint64(len(first))) //nolint:gosec // it is an index
	return first[n : n+1]
}

// What a manager has been doing is over when it has done nothing for so long. That is a guess; a case for which it is wrong is
// tried again.
const (
	atRest = 300 * time.Millisecond
	tries  = 10
)

// known is the end of two undisturbed runs, which have to agree, and the effects that both had: what only one had came about
// by chance.
func (w workload) known(t *testing.T, dialect string) (snapshot, []string) {
	want, effects := w.undisturbed(t, dialect)
	again, others := w.undisturbed(t, dialect)
	if difference := want.differs(again); difference != "" {
		t.Fatalf("two undisturbed runs do not end alike: %s", difference)
	}
	effects = slices.DeleteFunc(effects, func(e string) bool { return !slices.Contains(others, e) })
	if len(effects) == 0 {
		t.Fatal("void: nothing happened")
	}
	return want, effects
}

// undisturbed runs the workload to its end, and returns what there is then and which effects led to it.
func (w workload) undisturbed(t *testing.T, dialect string) (snapshot, []string) {
	s := newStage(t, dialect)
	w.begins(s, blow{})
	if end := ends[w.name]; end != nil {
		end(s)
	}
	s.rests(3*atRest, s.isSeen)
	s.stop()
	beside := s.openStore(t.Context(), true)
	defer func() { _ = beside.Close() }()
	return s.observe(beside), s.gate.effects()
}

// begins brings the world to where the workload can begin, and begins it.
func (w workload) begins(s *stage, aim blow) {
	s.Helper()
	w.given(s)
	s.rests(atRest, func() bool { return true })
	s.gate.arm(aim)
	w.when(s)
}

// rests waits until the manager has done nothing for so long, and more.
func (s *stage) rests(pause time.Duration, more func() bool) {
	s.Helper()
	s.eventually(2*soon, func() string {
		if s.gate.isQuiet(pause) && more() {
			return ""
		}
		return "it has not come to rest"
	})
}

// struck runs the workload, and stops the manager there.
func (w workload) struck(t *testing.T, c fault.Case, b blow, want snapshot) {
	fired := fault.Begin(t, c)
	for range tries {
		s := newStage(t, c.Dialect)
		w.begins(s, b)
		if s.strikes() {
			fired.Add(1)
			s.killed()
			s.reaches(want)
			return
		}
		t.Logf("%q did not happen; there were %q", b.effect, s.gate.effects())
		s.stop()
	}
}

// strikes waits until the blow falls, or the world has come to rest without it.
func (s *stage) strikes() (fell bool) {
	s.Helper()
	s.eventually(2*soon, func() string {
		if fell = s.gate.isCut(); fell || s.gate.isQuiet(3*atRest) && s.isSeen() {
			return ""
		}
		return "it has not come to rest"
	})
	return fell
}
