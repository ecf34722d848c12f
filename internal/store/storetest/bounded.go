package storetest

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/account-operator/account-operator/internal/store"
)

var bounded = []promise{
	{"Bounded/a context that is over ends every call", func(s *scene) {
		s.put(account("alice"))
		live := s.ctx
		over, cancel := context.WithCancel(s.ctx)
		cancel()
		s.ctx = over
		for name, write := range writes(s, s.fenced) {
			if err := write(); !errors.Is(err, context.Canceled) {
				s.Errorf("%s: got %v", name, err)
			}
		}
		for name, read := range reads(s, s.fenced) {
			if err := read(); !errors.Is(err, context.Canceled) {
				s.Errorf("%s: got %v", name, err)
			}
		}
		s.ctx = live
		s.put(account("bob")) // and leaves the store usable
	}},
	{"Bounded/a call behind a lock waits no longer than its context", func(s *scene) {
		s.put(account("alice"))
		live := s.ctx
		release := make(chan struct{})
		holder := make(chan error, 1)
		held := make(chan struct{})
		go func() {
			holder <- s.fenced.SyncEnvVars(live, account("alice"), set("a"), func([]store.EnvVar) store.EnvVarPlan {
				close(held)
				<-release
				return store.EnvVarPlan{}
			})
		}()
		<-held
		short, cancel := context.WithTimeout(live, 100*time.Millisecond)
		defer cancel()
		began := time.Now()
		_, err := s.fenced.PutAccount(short, account("alice"), store.AccountSpec{Email: email("x")}, mark("r"))
		if !errors.Is(err, context.DeadlineExceeded) || time.Since(began) > 3*time.Second {
			s.Errorf("got %v after %s", err, time.Since(began))
		}
		close(release)
		s.must(<-holder)
		s.put(account("alice"))
	}},
	{"Bounded/what is too long or no text is refused by its field's name", func(s *scene) {
		s.put(account("alice"))
		spec := func(change func(*store.AccountSpec)) error {
			want := store.AccountSpec{Email: email("alice")}
			change(&want)
			_, err := s.fenced.PutAccount(s.ctx, account("alice"), want, mark("r"))
			return err
		}
		sync := func(name, value string) error {
			return s.fenced.SyncEnvVars(s.ctx, account("alice"), set("a"), plan(change(store.EnvVarSet, name, value)))
		}
		long := strings.Repeat("x", 70<<10)
		refused := func(field string, err error) {
			invalid := (*store.InvalidError)(nil)
			if !errors.As(err, &invalid) || invalid.Field != field || len(err.Error()) > 200 {
				s.Errorf("%s: got %v", field, err)
			}
		}
		for field, err := range map[string]error{
			"email":      spec(func(a *store.AccountSpec) { a.Email = "" }),
			"theme":      spec(func(a *store.AccountSpec) { a.Theme = ptr("Pink") }),
			"newsletter": spec(func(a *store.AccountSpec) { a.Newsletter = ptr("Maybe") }),
			"twoFactor":  spec(func(a *store.AccountSpec) { a.TwoFactor = "Maybe" }),
			"referredBy": spec(func(a *store.AccountSpec) { a.ReferredBy = long }),
			"env":        sync("", "x"),
			"env name":   sync(long, "x"),
			"env A":      sync("A", long),
		} {
			refused(field, err)
		}
		for n, leaf := range (&store.Settings[string]{}).Leaves() {
			for _, text := range []string{"nul\x00", "\xff", long} {
				refused(leaf.Column, spec(func(a *store.AccountSpec) { *a.Leaves()[n].Value = ptr(text) }))
			}
		}
	}},
	{"Bounded/values hold any bytes up to the stated size", func(s *scene) {
		s.put(account("alice"))
		value := strings.Repeat("\x00\xff'\n", s.Store.Capabilities().MaxValueSize/4)
		s.sync(account("alice"), set("a"), vars{"A": value, "EMPTY": ""})
		if got := s.values(account("alice")); got["A"] != value || got["EMPTY"] != "" || len(got) != 2 {
			s.Error("the value changed")
		}
	}},
	{"Bounded/an account holds no more variables than stated", func(s *scene) {
		s.put(account("alice"))
		limit := s.Store.Capabilities().MaxEnvVars
		all := make([]store.EnvVarChange, limit+1)
		for n := range all {
			all[n] = change(store.EnvVarSet, fmt.Sprintf("V%d", n), "x")
		}
		if err := s.fenced.SyncEnvVars(s.ctx, account("alice"), set("a"), plan(all...)); !errors.As(err, new(*store.InvalidError)) {
			s.Errorf("got %v", err)
		}
		s.must(s.fenced.SyncEnvVars(s.ctx, account("alice"), set("a"), plan(all[:limit]...)))
	}},
	{"Bounded/a claim without a UID, a long record, or long leaves, are refused", func(s *scene) {
		s.put(account("alice"))
		nobody := claim(store.KindAccount, "nobody", "")
		_, noAccount := s.fenced.PutAccount(s.ctx, nobody, store.AccountSpec{Email: email("x")}, mark("r"))
		_, noConnection := s.fenced.Connections().Put(s.ctx, nobody, account("alice"), s3, mark("r"))
		noOwner := s.fenced.SyncEnvVars(s.ctx, account("alice"), nobody, plan(change(store.EnvVarSet, "A", "1")))
		_, longRecord := s.fenced.PutAccount(s.ctx, account("bob"), store.AccountSpec{Email: email("bob")}, mark(strings.Repeat("r", 65)))
		leaves := store.Mark{Leaves: map[string]string{"username": strings.Repeat("x", 64<<10)}}
		_, longLeaves := s.fenced.PutAccount(s.ctx, account("bob"), store.AccountSpec{Email: email("bob")}, leaves)
		for _, err := range []error{noAccount, noConnection, noOwner, longRecord, longLeaves} {
			if !errors.As(err, new(*store.InvalidError)) {
				s.Errorf("got %v", err)
			}
		}
	}},
	{"Bounded/all values of an account together are bounded", func(s *scene) {
		s.put(account("alice"))
		var all []store.EnvVarChange
		value := strings.Repeat("x", s.Store.Capabilities().MaxValueSize)
		for n := range (16<<20)/len(value) + 1 {
			all = append(all, change(store.EnvVarSet, fmt.Sprintf("V%d", n), value))
		}
		if err := s.fenced.SyncEnvVars(s.ctx, account("alice"), set("a"), plan(all...)); !errors.As(err, new(*store.InvalidError)) {
			s.Errorf("got %v", err)
		}
	}},
	{"Bounded/ping answers", func(s *scene) { s.must(s.Store.Ping(s.ctx)) }},
}

// reads are all calls that need no lead to write, or that only read.
func reads(s *scene, fenced store.FencedStore) map[string]func() error {
	return map[string]func() error{
		"Account":       func() error { _, err := fenced.Account(s.ctx, account("alice")); return err },
		"Restorable":    func() error { _, err := fenced.Restorable(s.ctx, account("alice"), email("alice"), ""); return err },
		"AtAddress":     func() error { _, _, err := fenced.AtAddress(s.ctx, account("alice"), email("alice")); return err },
		"Connection":    func() error { _, err := fenced.Connections().Get(s.ctx, connection("data")); return err },
		"Applied":       func() error { _, err := fenced.Applied(s.ctx, store.KindAccount, "", 10); return err },
		"AppliedLeaves": func() error { _, err := fenced.AppliedLeaves(s.ctx, account("alice")); return err },
		"Pairs":         func() error { _, err := fenced.Pairs(s.ctx, set("a"), "", 10); return err },
		"Claims":        func() error { _, err := fenced.Claims(s.ctx, store.KindAccount, "", 10); return err },
		"Accounts":      func() error { _, err := fenced.Accounts(s.ctx, "", 10); return err },
		"Changes":       func() error { _, err := fenced.Changes(s.ctx); return err },
		"Ping":          func() error { return s.Store.Ping(s.ctx) },
		"Lead":          func() error { _, err := s.Store.Lead(s.ctx, cluster, "another"); return err },
		"MailCounts":    func() error { _, err := fenced.MailCounts(s.ctx); return err },
		"Link":          func() error { _, err := s.Store.Link(s.ctx, store.NewSecret([]byte("x"))); return err },
		"ConfirmAddress": func() error {
			_, err := s.Store.ConfirmAddress(s.ctx, store.NewSecret([]byte("x")))
			return err
		},
		"ChoosePassword": func() error {
			return s.Store.ChoosePassword(s.ctx, store.NewSecret([]byte("x")), store.NewSecret([]byte("x")))
		},
		"EnrolTOTP":        func() error { return s.Store.EnrolTOTP(s.ctx, "1", "", seed, 0) },
		"EnrolBackupCodes": func() error { return s.Store.EnrolBackupCodes(s.ctx, "1", nil) },
		"Attempt": func() error {
			_, err := s.Store.Attempt(s.ctx, "1", store.FactorTOTP, noon)
			return err
		},
		"Factors":          func() error { _, err := s.Store.Factors(s.ctx, "1"); return err },
		"NameFactor":       func() error { return s.Store.NameFactor(s.ctx, "1", "x", "x") },
		"RemoveFactor":     func() error { return s.Store.RemoveFactor(s.ctx, "1", "x") },
		"AcceptStep":       func() error { return s.Store.AcceptStep(s.ctx, "1", "x", 1) },
		"AcceptBackupCode": func() error { return s.Store.AcceptBackupCode(s.ctx, "1", []byte("x")) },
		"TrySignIn":        func() error { return s.attempt("x", laptop) },
		"BeginSession":     func() error { _, err := s.Store.BeginSession(s.ctx, store.SignIn{}, laptop); return err },
		"CompleteSession":  func() error { _, err := s.Store.CompleteSession(s.ctx, seed, laptop); return err },
		"ProveSession":     func() error { return s.Store.ProveSession(s.ctx, seed, store.SignIn{}, laptop) },
		"Session":          func() error { return s.isOn(seed) },
		"Sessions":         func() error { _, err := s.Store.Sessions(s.ctx, "1"); return err },
		"EndSession":       func() error { return s.Store.EndSession(s.ctx, "1", "x") },
		"EndOtherSessions": func() error { return s.Store.EndOtherSessions(s.ctx, "1", "") },
		"ChangePassword": func() error {
			_, err := s.Store.ChangePassword(s.ctx, seed, store.SignIn{}, newHash, laptop)
			return err
		},
		"RequestLink":      func() error { return s.Store.RequestLink(s.ctx, store.LinkVerifyAddress, "x") },
		"CountLinkRequest": func() error { return s.Store.CountLinkRequest(s.ctx, networkOf(1)) },
	}
}
