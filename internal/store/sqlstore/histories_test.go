package sqlstore_test

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"math"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"github.com/anishathalye/porcupine"

	"github.com/account-operator/account-operator/test/await"
	"github.com/account-operator/account-operator/test/fault"
	"github.com/account-operator/account-operator/test/long"
)

// Given eight clients that call one store, when their process is killed in the middle and another one goes on, or, where
// two can be at one store, another one takes the lead beside it, then all that they were answered could have happened one call
// after the other.
func TestHistories_OverRestarts_AreLinearizable(t *testing.T) {
	histories, calls := long.Choose(3, 200), long.Choose(600, 2000)
	each(t, func(t *testing.T, address string, _ foreign) {
		dialect := filepath.Base(t.Name())
		for seed := range histories {
			t.Run(fmt.Sprint("seed ", seed), func(t *testing.T) {
				t.Parallel()
				if seed > 0 { // the first one has the database that was made for all
					address, _ := dialects[dialect](t)
					hold(t, dialect, address, uint64(seed), calls)
					return
				}
				hold(t, dialect, address, uint64(seed), calls)
			})
		}
	})
}

func hold(t *testing.T, dialect, address string, seed uint64, calls int) {
	fired := fault.Begin(t, fault.Case{
		Goal: "G20", Workload: fmt.Sprint(calls, " calls of 8 clients on 4 accounts"), Trigger: "any moment", Action: "restart",
		Dialect: dialect, Seed: seed,
	})
	h := newTale(t, life{Address: address, Seed: seed, Calls: math.MaxInt})
	rng := rand.New(rand.NewPCG(seed, 0)) //nolint:gosec // when a process is killed need not be secret
	for range 3 {
		h.begin()
		h.until(h.made + calls/10 + rng.IntN(calls/6))
		fired.Add(int64(min(1, len(h.pending))))
		if dialect == "postgres" && rng.IntN(2) == 0 {
			continue // and is overtaken
		}
		h.kill()
	}
	h.life.Calls = max(calls-h.made, calls/4)
	h.begin()
	h.end()
	if h.made < calls {
		t.Fatalf("void: %d calls", h.made)
	}
	if account, result := linearizable(h.events, time.Minute); result != porcupine.Ok {
		t.Errorf("account %d of history %d: %s", account, seed, result)
	}
}

// tale is a history under way: its processes, and what they said in one pipe.
type tale struct {
	*testing.T
	life    life
	said    *bufio.Scanner
	pipe    *os.File
	running []*exec.Cmd

	leader  int // the life that leads
	made    int // calls
	events  []porcupine.Event
	pending map[int]bool
	late    map[int]bool // calls of a life that began when another one led already
}

func newTale(t *testing.T, first life) *tale {
	t.Helper()
	first.Keyset = filepath.Join(t.TempDir(), "keyset.json")
	must(t, os.WriteFile(first.Keyset, newKeyset(t), 0o600))
	from, to, err := os.Pipe()
	must(t, err)
	h := &tale{T: t, life: first, said: bufio.NewScanner(from), pipe: to, pending: map[int]bool{}, late: map[int]bool{}}
	t.Cleanup(func() {
		for len(h.running) > 0 {
			h.kill()
		}
		_, _ = to.Close(), from.Close()
	})
	return h
}

// begin starts the next life and returns when it leads.
func (h *tale) begin() {
	h.Helper()
	h.life.Number++
	l := h.life
	given, err := json.Marshal(l)
	must(h, err)
	command := exec.CommandContext(h.Context(), os.Args[0])
	command.Env = append(os.Environ(), partVariable+"=live", lifeVariable+"="+string(given))
	command.Stdout, command.Stderr = h.pipe, os.Stderr
	must(h, command.Start())
	h.running = append(h.running, command)
	for h.leader != l.Number {
		h.hear()
	}
}

// until hears so many calls being made, in all lives together.
func (h *tale) until(calls int) {
	for h.made < calls {
		h.hear()
	}
}

// kill ends the oldest life that runs, without warning.
func (h *tale) kill() {
	oldest := h.running[0]
	_ = oldest.Process.Kill()
	_ = await.Result(h, oldest.Wait)
	h.running = h.running[1:]
}

// end waits for what still runs and hears all that was said.
func (h *tale) end() {
	h.Helper()
	go func() { // beside, since what is left may not fit into the pipe
		for _, last := range h.running {
			if err := await.Result(h, last.Wait); err != nil {
				h.Error(err)
			}
		}
		h.running = nil
		_, _ = io.WriteString(h.pipe, "\n")
	}()
	for h.hear() {
	}
	h.settle()
}

// hear takes the next line in and reports whether there was one.
func (h *tale) hear() bool {
	h.Helper()
	if !h.said.Scan() {
		h.Fatal("a history ended too early: ", h.said.Err())
	}
	if len(h.said.Bytes()) == 0 {
		return false
	}
	var l line
	must(h, json.Unmarshal(h.said.Bytes(), &l))
	switch {
	case l.Led:
		h.leader = l.Life
		h.settle()
	case l.Call != nil:
		h.made++
		h.pending[l.Call.ID], h.late[l.Call.ID] = true, l.Life != h.leader && l.Call.Do != "Read"
		h.events = append(h.events, porcupine.Event{Kind: porcupine.CallEvent, Id: l.Call.ID, Value: *l.Call})
	case h.pending[l.Answer.ID]:
		h.answered(l.Answer.ID, *l.Answer)
		if h.late[l.Answer.ID] && l.Answer.Code != "fenced" {
			h.Errorf("life %d made call %d when life %d led, and was answered %q", l.Life, l.Answer.ID, h.leader, l.Answer.Code)
		}
	}
	return true
}

// settle ends what was asked of those who do not lead any more: they are fenced off, so what is not done now never is. The
// answer may be on its way, which is no matter.
func (h *tale) settle() {
	for id := range h.pending {
		h.answered(id, nil)
	}
}

func (h *tale) answered(id int, given any) {
	delete(h.pending, id)
	h.events = append(h.events, porcupine.Event{Kind: porcupine.ReturnEvent, Id: id, Value: given})
}
