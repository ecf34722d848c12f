package sqlstore_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/account-operator/account-operator/internal/seal"
	"github.com/account-operator/account-operator/internal/store"
	"github.com/account-operator/account-operator/internal/store/sqlstore"
)

const (
	clients  = 8
	accounts = 4
)

// life is one process of a history.
type life struct {
	Address, Keyset string
	Seed            uint64
	Number          int
	Calls           int // that its clients make in all, unless it is killed before
}

// line is what a life says, one write each: all lives of a history share one pipe, and so the order of the lines is an
// order in time that is never narrower than what happened.
type line struct {
	Life   int
	Led    bool    `json:",omitempty"`
	Call   *call   `json:",omitempty"`
	Answer *answer `json:",omitempty"`
}

const lifeVariable = "SQLSTORE_TEST_LIFE"

// live is the part of a process in which eight clients call one store.
func live() int {
	var l life
	err := json.Unmarshal([]byte(os.Getenv(lifeVariable)), &l)
	if err == nil {
		err = l.run(context.Background())
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	return 0
}

func (l life) run(ctx context.Context) error {
	sealer, err := seal.LoadFile(l.Keyset)
	if err != nil {
		return err
	}
	s, err := sqlstore.Open(ctx, l.Address, sqlstore.Options{Sealer: sealer, MigrateOnOpen: true})
	if err != nil {
		return err
	}
	fenced, err := s.Lead(ctx, "c", "l")
	if err != nil {
		return err
	}
	if err := l.say(line{Led: true}); err != nil {
		return err
	}
	var made atomic.Int64
	var group sync.WaitGroup
	errs := make([]error, clients)
	for n := range clients {
		rng := rand.New(rand.NewPCG(l.Seed, uint64(l.Number*clients+n))) //nolint:gosec // which calls are made need not be secret
		group.Go(func() { errs[n] = l.client(ctx, fenced, rng, &made) })
	}
	group.Wait() //unbounded: this is a process, which its test ends
	return errors.Join(errors.Join(errs...), s.Close())
}

// client calls until all calls are made or another life has the lead.
func (l life) client(ctx context.Context, fenced store.FencedStore, rng *rand.Rand, made *atomic.Int64) error {
	for {
		n := int(made.Add(1))
		if n > l.Calls {
			return nil
		}
		c := draw(rng, l.Number*1_000_000+n)
		if err := l.say(line{Call: &c}); err != nil {
			return err
		}
		a, known := perform(ctx, fenced, c)
		if !known {
			continue // it was done, or it was not
		}
		if err := l.say(line{Answer: &a}); err != nil {
			return err
		}
		if a.Code == "fenced" {
			return nil
		}
	}
}

func (l life) say(said line) error {
	said.Life = l.Number
	text, err := json.Marshal(said)
	if err != nil {
		return err
	}
	_, err = os.Stdout.Write(append(text, '\n'))
	return err
}

func draw(rng *rand.Rand, id int) call {
	c := call{ID: id, Account: 1 + rng.IntN(accounts)}
	switch dice := rng.IntN(100); {
	case dice < 15:
		c.Do, c.Address = "Put", 1+rng.IntN(2)
	case dice < 18:
		c.Do = "Delete"
	case dice < 30:
		c.Do = "Read"
	case dice < 38:
		c.Do, c.Owner, c.Retain = "Remove", 1+rng.IntN(owners), rng.IntN(2) == 0
	default:
		c.Do, c.Owner, c.Name, c.Pair = "Sync", 1+rng.IntN(owners), 1+rng.IntN(names), rng.IntN(2) == 0
		c.Op = []store.EnvVarOp{
			"", store.EnvVarSet, store.EnvVarSet, store.EnvVarSet, store.EnvVarDelete, store.EnvVarRelease,
		}[rng.IntN(6)]
	}
	return c
}

func (c call) account() store.Claim { return claim(store.KindAccount, fmt.Sprint("a", c.Account)) }

func (c call) owner(n int) store.Claim {
	return claim(store.KindEnvVarSet, fmt.Sprintf("a%d-%d", c.Account, n))
}

// perform makes the call. An error of no type means that nobody knows whether it was done.
func perform(ctx context.Context, fenced store.FencedStore, c call) (a answer, known bool) {
	a.ID = c.ID
	err := c.on(ctx, fenced, &a)
	conflict := (*store.ConflictError)(nil)
	switch {
	case err == nil:
	case errors.Is(err, store.ErrNotFound):
		a.Code = "not found"
	case errors.Is(err, store.ErrFenced):
		a.Code = "fenced"
	case errors.As(err, &conflict) && conflict.Field != "email":
		a.Code, a.Holder = "conflict", c.ownerNumber(conflict.Holder)
	default:
		return a, false
	}
	return a, true
}

func (c call) on(ctx context.Context, fenced store.FencedStore, a *answer) error {
	switch c.Do {
	case "Put":
		address := fmt.Sprintf("a%d-%d@example.com", c.Account, c.Address)
		got, err := fenced.PutAccount(ctx, c.account(), store.AccountSpec{Email: address}, store.Mark{Generation: 1, Record: "r"})
		return a.shows(got, err)
	case "Read":
		return a.shows(fenced.Account(ctx, c.account()))
	case "Delete":
		return fenced.DeleteAccount(ctx, c.account(), store.Deletion{})
	case "Remove":
		return fenced.RemoveEnvVars(ctx, c.owner(c.Owner), c.Retain)
	}
	if !c.Pair {
		return fenced.SyncEnvVars(ctx, c.account(), c.owner(c.Owner), func(have []store.EnvVar) store.EnvVarPlan { return c.plan(have, a) })
	}
	missing, err := fenced.SyncPairs(ctx, c.owner(c.Owner), []store.Claim{c.account()}, everyName,
		func(_ store.Pair, have []store.EnvVar) store.EnvVarPlan { return c.plan(have, a) })
	if len(missing) > 0 {
		return store.ErrNotFound
	}
	return err
}

var everyName = func() (all []string) {
	for n := range names {
		all = append(all, nameOf(n+1))
	}
	return all
}()

func nameOf(n int) string { return string(rune('A' + n - 1)) }

// plan notes what it is shown. Of a pair, that is no other owner's value.
func (c call) plan(have []store.EnvVar, a *answer) store.EnvVarPlan {
	a.Have = [names + 1]stored{}
	for _, v := range have {
		shown := stored{Value: hidden, Owner: c.ownerNumber(v.Owner)}
		if !c.Pair || shown.Owner == c.Owner {
			shown.Value = number(string(v.Value.Reveal()))
		}
		a.Have[v.Name[0]-'A'+1] = shown
	}
	if c.Op == "" {
		return store.EnvVarPlan{}
	}
	value := store.NewSecret([]byte(strconv.Itoa(c.ID)))
	return store.EnvVarPlan{Changes: []store.EnvVarChange{{Op: c.Op, Name: nameOf(c.Name), Value: value}}}
}

func (a *answer) shows(got store.Account, err error) error {
	if err == nil {
		_, of, _ := strings.Cut(strings.TrimSuffix(got.Email, "@example.com"), "-")
		a.Address, a.Count = number(of), got.Held[store.KindEnvVarSet]
	}
	return err
}

func (c call) ownerNumber(of store.Claim) int {
	for n := 1; n <= owners; n++ {
		if of == c.owner(n) {
			return n
		}
	}
	return 0
}

// number is -1 for what no client wrote, which no model expects.
func number(text string) int {
	n, err := strconv.Atoi(text)
	if err != nil {
		return -1
	}
	return n
}
