package storetest

import (
	"context"
	"errors"
	"strings"
	"sync"

	"github.com/google/go-cmp/cmp"

	"github.com/account-operator/account-operator/internal/store"
)

var atomic = []promise{
	{"Atomic/a plan that is refused in the middle writes nothing", func(s *scene) {
		s.put(account("alice"))
		s.sync(account("alice"), set("a"), vars{"A": "1"})
		before := s.count(`SELECT count(*) FROM audit`)
		err := s.fenced.SyncEnvVars(s.ctx, account("alice"), set("b"), plan(
			change(store.EnvVarSet, "B", "2"), change(store.EnvVarSet, "A", "stolen"), change(store.EnvVarSet, "C", "3")))
		conflict := (*store.ConflictError)(nil)
		if !errors.As(err, &conflict) || conflict.Holder != set("a") || !strings.Contains(err.Error(), "A") {
			s.Errorf("got %v", err)
		}
		if diff := cmp.Diff(vars{"A": "1"}, s.values(account("alice"))); diff != "" {
			s.Error(diff)
		}
		if after := s.count(`SELECT count(*) FROM audit`); after != before || s.record(set("b")) != "none" {
			s.Error("something was written")
		}
	}},
	{"Atomic/an empty plan writes nothing", func(s *scene) {
		s.put(account("alice"))
		before := s.count(`SELECT count(*) FROM audit`)
		s.must(s.fenced.SyncEnvVars(s.ctx, account("alice"), set("a"), plan()))
		if after := s.count(`SELECT count(*) FROM audit`); after != before {
			s.Errorf("%s audit rows, then %s", before, after)
		}
	}},
	{"Atomic/a call whose context ends in the middle leaves nothing", func(s *scene) {
		s.put(account("alice"))
		ctx, cancel := context.WithCancel(s.ctx)
		err := s.fenced.SyncEnvVars(ctx, account("alice"), set("a"), func([]store.EnvVar) store.EnvVarPlan {
			cancel()
			return plan(change(store.EnvVarSet, "A", "1"))(nil)
		})
		if !errors.Is(err, context.Canceled) {
			s.Errorf("got %v", err)
		}
		if got := s.values(account("alice")); len(got) != 0 {
			s.Errorf("got %v", got)
		}
	}},
	{"Atomic/a plan sees all variables sorted by name, with their owners", func(s *scene) {
		s.put(account("alice"))
		s.sync(account("alice"), set("a"), vars{"b": "1", "A": "2", "_": "3"})
		s.sync(account("alice"), set("b"), vars{"a": "4"})
		s.must(s.fenced.SyncEnvVars(s.ctx, account("alice"), set("a"), plan(change(store.EnvVarRelease, "b", ""))))
		value := func(v string) store.Secret { return store.NewSecret([]byte(v)) }
		want := []store.EnvVar{
			{Name: "A", Value: value("2"), Owner: set("a")}, {Name: "_", Value: value("3"), Owner: set("a")},
			{Name: "a", Value: value("4"), Owner: set("b")}, {Name: "b", Value: value("1")},
		}
		if diff := cmp.Diff(want, s.look(account("alice"))); diff != "" {
			s.Error(diff)
		}
	}},
}

var keyedByClaim = []promise{
	{"KeyedByClaim/concurrent first puts of one claim make one row", func(s *scene) {
		var group sync.WaitGroup
		errs := make([]error, 8)
		for n := range errs {
			group.Go(func() {
				_, errs[n] = s.fenced.PutAccount(s.ctx, account("alice"), store.AccountSpec{Email: email("alice")}, mark("r"))
			})
		}
		group.Wait()
		s.must(errors.Join(errs...))
		if n := s.count(`SELECT count(*) FROM accounts`); n != "1" {
			s.Errorf("%s rows", n)
		}
	}},
	{"KeyedByClaim/a row is never a namesake's, who learns whose it is and when it goes", namesakes},
	{"KeyedByClaim/an address belongs to one live account, whatever its letter case", func(s *scene) {
		s.put(account("alice"))
		_, err := s.fenced.PutAccount(s.ctx, account("bob"), store.AccountSpec{Email: "ALICE@example.com"}, mark("r"))
		conflict := (*store.ConflictError)(nil)
		if !errors.As(err, &conflict) || conflict.Field != "email" || conflict.Holder != account("alice") {
			s.Fatalf("got %v", err)
		}
		s.foreign(`INSERT INTO accounts (email) VALUES ('carol@example.com')`)
		_, err = s.fenced.PutAccount(s.ctx, account("bob"), store.AccountSpec{Email: "carol@example.com"}, mark("r"))
		if !errors.As(err, &conflict) || !conflict.Holder.IsZero() {
			s.Errorf("got %v", err)
		}
		if _, err := s.fenced.Account(s.ctx, account("bob")); !errors.Is(err, store.ErrNotFound) {
			s.Errorf("bob: %v", err)
		}
	}},
	{"KeyedByClaim/an owner deletes and releases its own variables only", func(s *scene) {
		s.put(account("alice"))
		s.sync(account("alice"), set("a"), vars{"A": "1", "R": "2"})
		s.must(s.fenced.SyncEnvVars(s.ctx, account("alice"), set("b"),
			plan(change(store.EnvVarDelete, "A", ""), change(store.EnvVarRelease, "R", ""))))
		s.must(s.fenced.RemoveEnvVars(s.ctx, set("b"), false))
		for _, v := range s.look(account("alice")) {
			if v.Owner != set("a") {
				s.Errorf("%s is owned by %v", v.Name, v.Owner)
			}
		}
		if diff := cmp.Diff(vars{"A": "1", "R": "2"}, s.values(account("alice"))); diff != "" {
			s.Error(diff)
		}
	}},
	{"KeyedByClaim/a removed set takes its variables along, a retained one leaves them to nobody", removesAndRetains},
	{"KeyedByClaim/a retained connection stays and is nobody's", func(s *scene) {
		s.put(account("alice"))
		_, err := s.fenced.Connections().Put(s.ctx, connection("data"), account("alice"), s3, mark("r"))
		s.must(err)
		s.must(s.fenced.Connections().Delete(s.ctx, connection("data"), true))
		if _, err := s.fenced.Connections().Get(s.ctx, connection("data")); !errors.Is(err, store.ErrNotFound) {
			s.Errorf("got %v", err)
		}
		if n := s.count(`SELECT count(*) FROM connections WHERE uid IS NULL`); n != "1" {
			s.Errorf("%s rows", n)
		}
	}},
	{"KeyedByClaim/a retained connection is taken back by its own object, and by no other", takesConnectionBack},
}

func takesConnectionBack(s *scene) {
	put := func(c, of store.Claim) string {
		s.Helper()
		got, err := s.fenced.Connections().Put(s.ctx, c, of, s3, mark("r"))
		s.must(err)
		return got.ID
	}
	s.put(account("alice"))
	s.put(account("bob"))
	id := put(connection("data"), account("alice"))
	s.must(s.fenced.Connections().Delete(s.ctx, connection("data"), true))

	again, anothers, elsewhere := connection("data"), connection("data"), connection("data")
	again.UID, anothers.UID, anothers.Name = "again", "another", "other"
	elsewhere.UID, elsewhere.Namespace, elsewhere.NamespaceUID = "elsewhere", "others", "ns-2"
	if got := put(anothers, account("alice")); got == id {
		s.Error("another object of the account got it")
	}
	if got := put(elsewhere, account("alice")); got == id {
		s.Error("an object of another namespace got it")
	}
	if got := put(again, account("alice")); got != id {
		s.Errorf("its own object has %s, and had %s", got, id)
	}
	if got, err := s.fenced.Connections().Get(s.ctx, again); err != nil || got.ID != id {
		s.Errorf("got %s, %v", got.ID, err)
	}

	// In another account it is not its own.
	s.must(s.fenced.Connections().Delete(s.ctx, again, true))
	moved := connection("data")
	moved.UID = "moved"
	if got := put(moved, account("bob")); got == id {
		s.Error("it moved to another account")
	}
}

func removesAndRetains(s *scene) {
	s.put(account("alice"))
	s.sync(account("alice"), set("a"), vars{"A": "1"})
	s.sync(account("alice"), set("b"), vars{"B": "2"})
	s.must(s.fenced.RemoveEnvVars(s.ctx, set("a"), false))
	s.must(s.fenced.RemoveEnvVars(s.ctx, set("b"), true))
	want := []store.EnvVar{{Name: "B", Value: store.NewSecret([]byte("2"))}}
	if diff := cmp.Diff(want, s.look(account("alice"))); diff != "" {
		s.Error(diff)
	}
	for _, c := range []store.Claim{set("a"), set("b")} {
		if got := s.record(c); got != "none" {
			s.Errorf("%v: %q", c, got)
		}
	}
}

// namesakes: the row of an object's former life is in the way of the present one, until it is bound to it or goes.
func namesakes(s *scene) {
	again := func(c store.Claim) store.Claim {
		c.UID = "later-" + c.UID
		return c
	}
	alice, data := account("alice"), connection("data")
	s.put(alice)
	s.put(account("bob"))
	_, err := s.fenced.Connections().Put(s.ctx, data, account("bob"), s3, mark("r"))
	s.must(err)
	l := s.listen(s.fenced)
	for range 2 {
		_, accountErr := s.fenced.PutAccount(s.ctx, again(alice), store.AccountSpec{Email: "later@example.com"}, mark("r"))
		_, connectionErr := s.fenced.Connections().Put(s.ctx, again(data), account("bob"), s3, mark("r"))
		for holder, err := range map[store.Claim]error{alice: accountErr, data: connectionErr} {
			conflict := (*store.ConflictError)(nil)
			if !errors.As(err, &conflict) || conflict.Field != "claim" || conflict.Holder != holder {
				s.Errorf("got %v", err)
			}
		}
	}
	s.must(s.fenced.DeleteAccount(s.ctx, again(alice), store.Deletion{})) // a deletion carries the UID
	if _, err := s.fenced.Account(s.ctx, alice); err != nil {
		s.Error(err)
	}
	// That deletion ended the wait as well, so the object asks once more.
	_, err = s.fenced.PutAccount(s.ctx, again(alice), store.AccountSpec{Email: "later@example.com"}, mark("r"))
	if !errors.As(err, new(*store.ConflictError)) {
		s.Errorf("got %v", err)
	}
	s.must(s.fenced.DeleteAccount(s.ctx, alice, store.Deletion{Retain: true}))
	l.hears(again(alice))
	s.must(s.fenced.Connections().Delete(s.ctx, data, false))
	l.hears(again(data))
	_, err = s.fenced.PutAccount(s.ctx, again(alice), store.AccountSpec{Email: "later@example.com"}, mark("r"))
	s.must(err)
	_, err = s.fenced.Connections().Put(s.ctx, again(data), account("bob"), s3, mark("r"))
	s.must(err)
	if n := s.count(`SELECT count(*) FROM waits`); n != "0" {
		s.Errorf("%s wait", n)
	}
}
