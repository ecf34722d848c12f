package sqlstore_test

import (
	"slices"
	"testing"
	"time"

	"github.com/anishathalye/porcupine"

	"github.com/account-operator/account-operator/internal/store"
)

// call is what a client asks of the store about one account. Names, owners and addresses are numbers from 1; 0 is none.
type call struct {
	ID      int // unique in its history; the value that a Set writes
	Account int
	Do      string         // Put, Delete, Read, Sync or Remove
	Address int            `json:",omitempty"` // Put
	Owner   int            `json:",omitempty"` // Sync, Remove
	Name    int            `json:",omitempty"` // Sync
	Op      store.EnvVarOp `json:",omitempty"` // Sync; empty only looks
	Retain  bool           `json:",omitempty"` // Remove
	Pair    bool           `json:",omitempty"` // Sync, as one of many accounts
}

// answer is what a client was answered.
type answer struct {
	ID      int
	Code    string            // "", "not found", "conflict" or "fenced"
	Address int               `json:",omitempty"` // Put, Read
	Count   int               `json:",omitempty"` // variables of the account: Put, Read
	Have    [names + 1]stored // what a plan was shown: Sync
	Holder  int               `json:",omitempty"` // of a conflict
}

const (
	names  = 3
	owners = 2
)

// stored is one variable of an account. Value 0 is none.
type stored struct{ Value, Owner int }

// hidden is the value of a variable of another owner, as a plan for a pair is shown it.
const hidden = -2

// expected is an account as it should be.
type expected struct {
	exists  bool
	address int
	vars    [names + 1]stored
}

// after is what a call makes of an account, and what its client is answered.
func (r expected) after(c call) (expected, answer) {
	a := answer{ID: c.ID}
	switch c.Do {
	case "Put":
		r.exists, r.address = true, c.Address
		a.Address, a.Count = r.address, r.count()
	case "Delete":
		r = expected{}
	case "Read":
		if !r.exists {
			a.Code = "not found"
			break
		}
		a.Address, a.Count = r.address, r.count()
	case "Remove":
		for n, v := range r.vars {
			if v.Owner == c.Owner {
				r.vars[n] = let(v, c.Retain)
			}
		}
	case "Sync":
		return r.synced(c, a)
	}
	return r, a
}

func (r expected) synced(c call, a answer) (expected, answer) {
	if !r.exists {
		a.Code = "not found"
		return r, a
	}
	a.Have = r.shown(c)
	v := r.vars[c.Name]
	switch {
	case c.Op == "":
	case c.Op == store.EnvVarSet && v.Owner != 0 && v.Owner != c.Owner:
		a.Code, a.Holder = "conflict", v.Owner
	case c.Op == store.EnvVarSet:
		r.vars[c.Name] = stored{Value: c.ID, Owner: c.Owner}
	case v.Owner == c.Owner:
		r.vars[c.Name] = let(v, c.Op == store.EnvVarRelease)
	}
	return r, a
}

// shown is what a plan is shown.
func (r expected) shown(c call) [names + 1]stored {
	for n, v := range r.vars {
		if c.Pair && v.Value != 0 && v.Owner != c.Owner {
			r.vars[n].Value = hidden
		}
	}
	return r.vars
}

// let is what is left of a variable whose owner goes.
func let(v stored, retain bool) stored {
	if retain {
		return stored{Value: v.Value}
	}
	return stored{}
}

func (r expected) count() (n int) {
	for _, v := range r.vars {
		if v.Value != 0 {
			n++
		}
	}
	return n
}

// oneAccount is what porcupine holds a history to. A call without an answer was done or was not; one that was fenced off
// was not.
var oneAccount = porcupine.NondeterministicModel{
	Init: func() []any { return []any{expected{}} },
	Step: func(before, asked, given any) []any {
		r, c := before.(expected), asked.(call)
		next, want := r.after(c)
		switch got, known := given.(answer); {
		case !known:
			return slices.Compact([]any{r, next})
		case got.Code == "fenced":
			return []any{r}
		case got == want:
			return []any{next}
		}
		return nil
	},
}

// linearizable reports whether each account's part of a history could have happened one call after the other, and if not,
// which account's. What takes longer than the limit is Unknown.
func linearizable(history []porcupine.Event, limit time.Duration) (account int, result porcupine.CheckResult) {
	model := oneAccount.ToModel()
	parts := map[int][]porcupine.Event{}
	of := map[int]int{}
	for _, e := range history {
		if c, begins := e.Value.(call); begins {
			of[e.Id] = c.Account
		}
		parts[of[e.Id]] = append(parts[of[e.Id]], e)
	}
	for account, part := range parts {
		if result := porcupine.CheckEventsTimeout(model, part, limit); result != porcupine.Ok {
			return account, result
		}
	}
	return 0, porcupine.Ok
}

func TestHistory_LostWrite_IsNotLinearizable(t *testing.T) {
	put, write := call{ID: 1, Account: 1, Do: "Put", Address: 1}, call{ID: 2, Account: 1, Do: "Sync", Owner: 1, Name: 1, Op: store.EnvVarSet}
	look := call{ID: 3, Account: 1, Do: "Sync", Owner: 2, Name: 1}
	created, acknowledged := answer{ID: 1, Address: 1}, answer{ID: 2}
	empty, kept := answer{ID: 3}, answer{ID: 3, Have: [names + 1]stored{1: {Value: 2, Owner: 1}}}
	for name, c := range map[string]struct {
		write, look any
		want        porcupine.CheckResult
	}{
		"it is seen":                             {acknowledged, kept, porcupine.Ok},
		"it is not seen":                         {acknowledged, empty, porcupine.Illegal},
		"nobody knows of it, and it is seen":     {nil, kept, porcupine.Ok},
		"nobody knows of it, and it is not seen": {nil, empty, porcupine.Ok},
		"it was fenced off, and is seen":         {answer{ID: 2, Code: "fenced"}, kept, porcupine.Illegal},
	} {
		var history []porcupine.Event
		for n, asked := range []call{put, write, look} {
			given := []any{created, c.write, c.look}[n]
			history = append(history, porcupine.Event{Kind: porcupine.CallEvent, Id: asked.ID, Value: asked},
				porcupine.Event{Kind: porcupine.ReturnEvent, Id: asked.ID, Value: given})
		}
		if _, got := linearizable(history, time.Minute); got != c.want {
			t.Errorf("%s: %s, want %s", name, got, c.want)
		}
	}
}
