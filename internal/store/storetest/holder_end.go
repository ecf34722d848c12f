package storetest

import (
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/account-operator/account-operator/internal/store"
	"github.com/account-operator/account-operator/test/long"
)

// heldEnd: how an account ends by its holder.
var heldEnd = []promise{
	{"HolderEnd/an account that nobody manages goes with all it holds, its ways in end, and a notice goes out", func(s *scene) {
		id := s.member("alice")
		s.sync(account("alice"), set("a"), vars{"A": "1"})
		s.must(s.fenced.DeleteAccount(s.ctx, account("alice"), store.Deletion{Retain: true}))
		h := s.Store.Holder(id)
		_, err := h.PutConnection(s.ctx, s3)
		s.must(err)
		signedIn, link := s.signs("alice", laptop), s.link(store.LinkChoosePassword, "alice")

		s.must(h.Delete(s.ctx))

		for _, table := range []string{"env_vars", "connections", "sessions", "links", "accounts WHERE deleted_at IS NULL"} {
			if n := s.count(`SELECT count(*) FROM ` + table); n != "0" {
				s.Errorf("%s in %s", n, table)
			}
		}
		s.isOver(signedIn.Session)
		s.isGone(second(s.Store.Link(s.ctx, link)))
		s.isGone(h.Delete(s.ctx))
		s.listen(s.fenced).hearsAtLast(set("a"))
		if got := s.takes(store.MailDeletedByHolder)[0]; got.To != email("alice") {
			s.Errorf("the notice went to %s", got.To)
		}
	}},
	{"HolderEnd/all that is in the way is named, as to an object, and so are the teams", func(s *scene) {
		id := s.nobodys("alice").ID
		s.put(account("bob"))
		s.foreign(`INSERT INTO teams (id, name, owner_id) VALUES ('t', 't', $1)`, atoi(id))
		s.foreign(`INSERT INTO machines (id, team_id) VALUES ('m-1', 't')`)
		s.foreign(`INSERT INTO instances (id, account_id) VALUES ('i-1', $1), ('i-2', $1)`, atoi(id))
		want := []store.Blocker{
			{Kind: "Instance", Count: 2, IDs: []string{"i-1", "i-2"}}, {Kind: "Machine", Count: 1, IDs: []string{"m-1"}, InTeams: 1}, {Kind: "Team", Count: 1},
		}
		h, blocked := s.Store.Holder(id), (*store.BlockedError)(nil)
		got, err := h.InTheWay(s.ctx)
		s.must(err)
		if diff := cmp.Diff(want, got); diff != "" {
			s.Error(diff)
		}
		if err := h.Delete(s.ctx); !errors.As(err, &blocked) || cmp.Diff(want, blocked.Blockers) != "" {
			s.Errorf("got %v", err)
		}
		for _, gone := range []string{"machines", "instances", "teams"} {
			s.foreign(`DELETE FROM ` + gone)
		}
		s.must(h.Delete(s.ctx))
	}},
	{"HolderEnd/what its holder deleted is never brought back, by whomever", func(s *scene) {
		id := s.nobodys("alice").ID
		s.must(s.Store.Holder(id).Delete(s.ctx))
		found, err := s.fenced.Restorable(s.ctx, account("alice"), email("alice"), id)
		s.must(err)
		if len(found) != 0 {
			s.Errorf("found %+v", found)
		}
		s.isGone(s.fenced.Restore(s.ctx, account("alice"), id))
		for _, query := range []string{
			`UPDATE accounts SET deleted_at = NULL`, `UPDATE accounts SET holder_deleted_at = NULL`,
			`UPDATE accounts SET holder_deleted_at = NULL, deleted_at = NULL`,
		} {
			if s.SQL(query) == nil {
				s.Errorf("accepted: %s", query)
			}
		}
		if a := s.put(account("alice")); a.ID == id || !a.Created {
			s.Errorf("the next account of the address is %s", a.ID)
		}
	}},
	{"HolderEnd/an account that an object manages is not its holder's to delete, by whatever program", func(s *scene) {
		id := s.put(account("alice")).ID
		s.isManaged(s.Store.Holder(id).Delete(s.ctx), store.AccountLeaf, account("alice"))
		for _, query := range []string{
			`UPDATE accounts SET holder_deleted_at = created_at`, `UPDATE accounts SET holder_deleted_at = created_at, deleted_at = created_at`,
		} {
			if s.SQL(query) == nil {
				s.Errorf("accepted: %s", query)
			}
		}
		s.account("alice")
	}},
	{"HolderEnd/a deletion is asked for once, shown, mailed, and taken back", func(s *scene) {
		id := s.member("alice")
		h := s.Store.Holder(id)
		l := s.listen(s.fenced)
		l.hears(account("alice")) // of the password
		s.must(h.RequestDeletion(s.ctx))
		l.hears(account("alice"))
		asked := s.account("alice").DeletionRequested
		s.must(h.RequestDeletion(s.ctx))
		l.silent()
		if got := s.account("alice").DeletionRequested; asked.IsZero() || !got.Equal(asked) {
			s.Errorf("asked at %v, and then at %v", asked, got)
		}
		if n := s.count(`SELECT count(*) FROM mails WHERE kind = 'DeletionRequested' AND recipient = 'alice@example.com'`); n != "1" {
			s.Errorf("%s mails", n)
		}
		s.must(h.WithdrawDeletion(s.ctx))
		l.hears(account("alice"))
		s.must(h.WithdrawDeletion(s.ctx))
		l.silent()
		if got := s.account("alice").DeletionRequested; !got.IsZero() {
			s.Errorf("asked at %v", got)
		}
	}},
	{"HolderEnd/that it was asked for stays until the holder takes it back, whoever manages the account", staysAskedFor},
	{"HolderEnd/with a purge nothing is kept of it", func(s *scene) {
		id := s.put(account("alice")).ID
		s.must(s.Store.Holder(id).RequestDeletion(s.ctx))
		s.must(s.fenced.DeleteAccount(s.ctx, account("alice"), store.Deletion{}))
		_, err := s.fenced.Purge(s.ctx, time.Now().Add(time.Hour))
		s.must(err)
		if n := s.count(`SELECT count(*) FROM accounts WHERE deletion_requested_at IS NOT NULL`); n != "0" {
			s.Errorf("%s are asked for", n)
		}
	}},
	{"HolderEnd/no race of a holder who asks and an object that is put, given up and adopted loses what was asked for", askRaces},
	{"HolderEnd/no race of a holder and an object loses an account, or deletes a managed one", endRaces},
}

func staysAskedFor(s *scene) {
	id := s.put(account("alice")).ID
	h := s.Store.Holder(id)
	s.must(h.RequestDeletion(s.ctx))
	later := account("alice")
	later.UID = "later"
	for _, then := range []struct {
		name string
		do   func()
	}{
		{"put", func() { s.put(account("alice")) }},
		{"rebound", func() { s.must(s.fenced.Rebind(s.ctx, account("alice"), later)) }},
		{"retained", func() { s.must(s.fenced.DeleteAccount(s.ctx, later, store.Deletion{Retain: true})) }},
		{"adopted", func() {
			live, _, err := s.fenced.AtAddress(s.ctx, account("alice"), email("alice"))
			s.must(err)
			s.must(s.fenced.Adopt(s.ctx, account("alice"), *live))
		}},
		{"deleted and restored", func() {
			s.must(s.fenced.DeleteAccount(s.ctx, account("alice"), store.Deletion{}))
			s.must(s.fenced.Restore(s.ctx, account("alice"), id))
		}},
	} {
		then.do()
		got, err := h.Account(s.ctx)
		s.must(err)
		if got.DeletionRequested.IsZero() {
			s.Fatalf("%s: it is not asked for any more", then.name)
		}
	}
	s.must(h.WithdrawDeletion(s.ctx))
}

// askRaces has a holder ask for the deletion and take that back, over and over, while the object puts the account, gives it up and adopts it.
func askRaces(s *scene) {
	id := s.put(account("alice")).ID
	h := s.Store.Holder(id)
	rounds := long.Choose(60, 1000)
	var group sync.WaitGroup
	group.Go(func() {
		for n := range rounds {
			ask := h.RequestDeletion
			if n%2 == 1 {
				ask = h.WithdrawDeletion
			}
			if err := s.insist(func() error { return ask(s.ctx) }); err != nil {
				s.Error(err)
			}
			a, err := h.Account(s.ctx)
			if err != nil || a.DeletionRequested.IsZero() != (n%2 == 1) {
				s.Errorf("round %d: asked for at %v, %v", n, a.DeletionRequested, err)
			}
		}
	})
	group.Go(func() {
		for range rounds {
			if err := s.passesOn(); err != nil {
				s.Error(err)
			}
		}
	})
	group.Wait()
}

// passesOn puts alice's account, gives it up and adopts it.
func (s *scene) passesOn() error {
	put := s.insist(func() error { return s.putBy(s.fenced, account("alice")) })
	retained := s.insist(func() error { return s.fenced.DeleteAccount(s.ctx, account("alice"), store.Deletion{Retain: true}) })
	live, _, err := s.fenced.AtAddress(s.ctx, account("alice"), email("alice"))
	if err != nil {
		return err
	}
	return errors.Join(put, retained, s.insist(func() error { return s.fenced.Adopt(s.ctx, account("alice"), *live) }))
}

// endRaces lets a holder delete the account while an object adopts it: one of them wins, never both.
func endRaces(s *scene) {
	deleted, adopted := 0, 0
	for n := range long.Choose(100, 1000) {
		c := account(fmt.Sprintf("racer-%d", n))
		free := s.nobodys(c.Name)
		var group sync.WaitGroup
		var deletion, adoption error
		group.Go(func() { deletion = s.insist(func() error { return s.Store.Holder(free.ID).Delete(s.ctx) }) })
		group.Go(func() { adoption = s.insist(func() error { return s.fenced.Adopt(s.ctx, c, free) }) })
		group.Wait()
		switch {
		case deletion == nil && errors.Is(adoption, store.ErrNotFound):
			deleted++
		case adoption == nil && errors.As(deletion, new(*store.ManagedError)):
			adopted++
			s.account(c.Name)
		default:
			s.Fatalf("round %d: deletion %v, adoption %v", n, deletion, adoption)
		}
	}
	s.Logf("deleted %d times, adopted %d times", deleted, adopted)
}
