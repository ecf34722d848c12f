package storetest

import (
	"errors"
	"fmt"

	"github.com/google/go-cmp/cmp"

	"github.com/account-operator/account-operator/internal/store"
)

var errLost = errors.New("the answer is lost")

// repeated: a call whose answer was lost is made again, as after a crash, and the outcome is that of one call.
var repeated = []promise{{"Repeatable/a call whose answer is lost can be made again", func(s *scene) {
	want := s.story(s.fenced, "calm")
	for _, when := range []Moment{Before, After} {
		struck := map[string]bool{}
		fenced := Faulty(s.fenced, func(call string, now Moment) error {
			if now == when && !struck[call] {
				struck[call] = true
				return errLost
			}
			return nil
		})
		got := s.story(fenced, string(when))
		if diff := cmp.Diff(want, got); diff != "" {
			s.Errorf("%s: %s", when, diff)
		}
		if len(struck) != 9 {
			s.Errorf("%s: only %v were struck", when, struck)
		}
	}
}}}

// story makes every kind of write once, again and again until it is answered, and returns what the store has then.
func (s *scene) story(fenced store.FencedStore, who string) []string {
	s.Helper()
	kept, gone := account(who+"-kept"), account(who+"-gone")
	again := func(call func() error) {
		for errors.Is(call(), errLost) {
		}
	}
	for _, c := range []store.Claim{kept, gone} {
		again(func() error {
			_, err := fenced.PutAccount(s.ctx, c, store.AccountSpec{Email: email(c.Name)}, mark("r"))
			return err
		})
	}
	for _, name := range []string{"a", "b"} {
		owner := set(who + name)
		again(func() error { return fenced.SyncEnvVars(s.ctx, kept, owner, exactly(owner, vars{name: "1"})) })
	}
	again(func() error { return fenced.RemoveEnvVars(s.ctx, set(who+"a"), false) })
	for _, name := range []string{"c", "d"} {
		again(func() error {
			_, err := fenced.Connections().Put(s.ctx, connection(who+name), kept, s3, mark("r"))
			return err
		})
	}
	again(func() error { return fenced.Connections().Delete(s.ctx, connection(who+"c"), false) })
	again(func() error { return fenced.DeleteAccount(s.ctx, gone, store.Deletion{}) })
	found, lost := s.nobodys(who+"-found"), s.deleted(who+"-lost")
	again(func() error { return fenced.Adopt(s.ctx, account(who+"-finder"), found) })
	again(func() error { return fenced.Restore(s.ctx, account(who+"-restorer"), lost.ID) })
	rebound := set(who + "b")
	rebound.UID += "-new"
	again(func() error { return fenced.Rebind(s.ctx, set(who+"b"), rebound) })
	out := s.outcome(kept, gone, rebound, connection(who+"d"))
	for _, name := range []string{"-finder", "-restorer"} {
		_, err := s.fenced.Account(s.ctx, account(who+name))
		out = append(out, fmt.Sprint(err))
	}
	return out
}

func (s *scene) outcome(kept, gone, owner, data store.Claim) []string {
	_, none := s.fenced.Account(s.ctx, gone)
	_, err := s.fenced.Connections().Get(s.ctx, data)
	out := []string{fmt.Sprint(errors.Is(none, store.ErrNotFound), err)}
	for _, v := range s.look(kept) {
		out = append(out, fmt.Sprint(v.Name, " ", string(v.Value.Reveal()), " ", v.Owner == owner))
	}
	rows := s.count(`SELECT count(*) FROM accounts WHERE name IN ($1, $2)`, kept.Name, gone.Name)
	connections := s.count(`SELECT count(*) FROM connections c JOIN accounts a ON a.id = c.account_id WHERE a.name = $1`, kept.Name)
	return append(out, rows, connections)
}
