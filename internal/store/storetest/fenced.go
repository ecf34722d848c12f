package storetest

import (
	"errors"
	"sync"
	"time"

	"github.com/account-operator/account-operator/internal/store"
)

var fenced = []promise{
	{"Fenced/no write of a former leader is accepted", func(s *scene) {
		s.put(account("alice"))
		s.sync(account("alice"), set("a"), vars{"A": "1"})
		former := s.fenced
		s.fenced = s.lead(lease)
		for name, write := range writes(s, former) {
			if err := write(); !errors.Is(err, store.ErrFenced) {
				s.Errorf("%s: got %v", name, err)
			}
		}
		if got := s.values(account("alice")); len(got) != 1 || got["A"] != "1" {
			s.Errorf("got %v", got)
		}
		s.put(account("bob")) // the present leader can still write
	}},
	{"Fenced/no write of a former leader is accepted where a store that was put back has come to the former's epoch again", func(s *scene) {
		former := s.lead(lease)
		s.foreign(`UPDATE leaders SET epoch = epoch - 1`)
		s.fenced = s.lead(lease)
		if former.Epoch() != s.fenced.Epoch() {
			s.Fatalf("the epochs are %d and %d", former.Epoch(), s.fenced.Epoch())
		}
		for name, write := range writes(s, former) {
			if err := write(); !errors.Is(err, store.ErrFenced) {
				s.Errorf("%s: got %v", name, err)
			}
		}
		s.put(account("bob"))
	}},
	{"Fenced/another lease of the same cluster does not fence", func(s *scene) {
		s.lead("other-class")
		s.put(account("alice"))
	}},
	{"Fenced/a write under way when the lead moves on is either before or refused", func(s *scene) {
		s.put(account("alice"))
		for range 20 {
			former := s.fenced
			done := make(chan error, 1)
			go func() {
				done <- former.SyncEnvVars(s.ctx, account("alice"), set("a"), plan(change(store.EnvVarSet, "A", "former")))
			}()
			s.fenced = s.lead(lease)
			s.must(s.fenced.SyncEnvVars(s.ctx, account("alice"), set("a"), plan(change(store.EnvVarSet, "A", "present"))))
			if err := <-done; err != nil && !errors.Is(err, store.ErrFenced) {
				s.Fatal(err)
			}
			if got := s.values(account("alice"))["A"]; got != "present" {
				s.Fatalf("the former leader wrote last")
			}
		}
	}},
	{"Fenced/the lead is taken also from a leader that writes without a pause", func(s *scene) {
		s.put(account("alice"))
		former := s.fenced
		errs := make([]error, 8)
		var group sync.WaitGroup
		writing := make(chan struct{}, len(errs))
		for n := range errs {
			group.Go(func() {
				for errs[n] == nil {
					errs[n] = former.SyncEnvVars(s.ctx, account("alice"), set("a"), plan(change(store.EnvVarSet, "A", "former")))
					select {
					case writing <- struct{}{}:
					default:
					}
				}
			})
		}
		for range errs {
			<-writing
		}
		s.fenced = s.lead(lease)
		group.Wait()
		for _, err := range errs {
			if !errors.Is(err, store.ErrFenced) {
				s.Errorf("a former leader ended with %v", err)
			}
		}
	}},
	{"Fenced/the epoch outlives the store's process", func(s *scene) {
		former := s.fenced.Epoch()
		s.fenced = s.lead(lease)
		s.Store = s.Reopen()
		s.fenced = s.lead(lease)
		s.put(account("alice"))
		if present := s.fenced.Epoch(); former != 1 || present != 3 {
			s.Errorf("led under %d and, two leads later, %d", former, present)
		}
		if n := s.count(`SELECT epoch FROM leaders WHERE lease = $1`, lease); n != "3" {
			s.Errorf("epoch %s", n)
		}
	}},
}

// writes are all calls that write.
func writes(s *scene, fenced store.FencedStore) map[string]func() error {
	return map[string]func() error{
		"PutAccount": func() error {
			_, err := fenced.PutAccount(s.ctx, account("alice"), store.AccountSpec{Email: email("former")}, mark("former"))
			return err
		},
		"DeleteAccount": func() error { return fenced.DeleteAccount(s.ctx, account("alice"), store.Deletion{}) },
		"Adopt":         func() error { return fenced.Adopt(s.ctx, account("bob"), store.Account{ID: "1"}) },
		"Restore":       func() error { return fenced.Restore(s.ctx, account("bob"), "1") },
		"SyncEnvVars": func() error {
			return fenced.SyncEnvVars(s.ctx, account("alice"), set("a"), plan(change(store.EnvVarSet, "A", "former")))
		},
		"SyncPairs": func() error {
			_, err := fenced.SyncPairs(s.ctx, set("a"), []store.Claim{account("alice")}, []string{"A"}, pairPlan(set("a"), vars{"A": "former"}))
			return err
		},
		"SettlePairs":   func() error { return fenced.SettlePairs(s.ctx, set("a"), mark("former")) },
		"RemoveEnvVars": func() error { return fenced.RemoveEnvVars(s.ctx, set("a"), false) },
		"PutConnection": func() error {
			_, err := fenced.Connections().Put(s.ctx, connection("data"), account("alice"), s3, mark("former"))
			return err
		},
		"DeleteConnection": func() error { return fenced.Connections().Delete(s.ctx, connection("data"), false) },
		"Act": func() error {
			_, err := fenced.Act(s.ctx, action("a"), account("alice"), store.ActionRequest{Type: store.ActionResetTwoFactor})
			return err
		},
		"TakeMails": func() error {
			_, _, err := fenced.TakeMails(s.ctx, true, 10, time.Minute)
			return err
		},
		"MailSent":   func() error { return fenced.MailSent(s.ctx, "x") },
		"MailFailed": func() error { return fenced.MailFailed(s.ctx, "x", "no answer", time.Now()) },
		"Rebind":     func() error { return fenced.Rebind(s.ctx, set("a"), set("b")) },
		"Purge": func() error {
			_, err := fenced.Purge(s.ctx, time.Now())
			return err
		},
	}
}
