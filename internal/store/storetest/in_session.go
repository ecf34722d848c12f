package storetest

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/account-operator/account-operator/internal/store"
	"github.com/account-operator/account-operator/test/long"
)

// inSession: what a holder does in a session that ended meanwhile is not done.
var inSession = []promise{
	{"InSession/a write of a session that is on is done", func(s *scene) {
		id := s.member("alice")
		ctx := store.InSession(s.ctx, s.signs("alice", laptop).Session)
		s.must(s.Store.EnrolTOTP(ctx, id, "phone", seed, 0))
		s.must(s.Store.EnrolBackupCodes(ctx, id, [][]byte{[]byte("a")}))
		s.must(s.Store.NameFactor(ctx, id, s.app(id), "tablet"))
		s.must(s.Store.Holder(id).Set(ctx, only(0, "hers")))
		s.must(s.Store.RemoveFactor(ctx, id, s.app(id)))
		s.must(s.Store.Holder(id).RequestDeletion(ctx))
	}},
	{"InSession/nothing is written where it is over, however it ended", nothingInOver},
	{"InSession/nothing is written where nobody is signed in", func(s *scene) {
		id := s.member("alice")
		s.enrol(id)
		half := s.signs("alice", laptop)
		old := s.signs("alice", phone)
		s.must(second(s.Store.CompleteSession(s.ctx, old.Session, phone)))
		s.foreign(`UPDATE sessions SET used_at = $1 WHERE NOT awaits_code`, ago(store.SessionIdle+time.Minute))
		for what, token := range map[string]store.Secret{"no session": store.NewSecret([]byte("x")), "a code to come": half.Session, "unused for long": old.Session} {
			for name, write := range s.writesInSession(id) {
				if err := write(store.InSession(s.ctx, token)); !errors.Is(err, store.ErrNotFound) {
					s.Errorf("%s with %s: got %v", name, what, err)
				}
			}
		}
	}},
	{"InSession/a write by a key that is on is done, and nothing is written by one that ended", func(s *scene) {
		for what, end := range map[string]func(id, key string){
			"a factor's reset":    func(string, string) { s.act("reset-"+time.Now().String(), store.ActionResetTwoFactor) },
			"a suspension":        func(string, string) { s.suspend("alice", true) },
			"its holder":          func(id, key string) { s.must(s.Store.Holder(id).DeleteKey(s.ctx, key)) },
			"another program":     func(string, string) { s.foreign(`DELETE FROM api_keys`) },
			"another incarnation": func(string, string) { s.foreign(`UPDATE api_keys SET incarnation = incarnation - 1`) },
		} {
			s.laterThan(mailSpan)
			id := s.member("alice")
			s.enrol(id)
			key, text, err := s.Store.Holder(id).CreateKey(s.ctx, "", store.APIKey{Name: "laptop", AllRights: true})
			s.must(err)
			session, _, err := s.Store.Holder(id).BeginKeySession(s.ctx, key.ID)
			s.must(err)
			for _, shown := range []store.Secret{text, session} {
				s.must(s.Store.Holder(id).Set(store.WithKey(s.ctx, shown), only(0, "hers")))
				s.isGone(s.Store.Holder(id).Set(store.InSession(s.ctx, shown), only(0, "late")))
			}
			end(id, key.ID)
			before := s.state()
			for _, shown := range []store.Secret{text, session} {
				for name, write := range s.writesInSession(id) {
					if err := write(store.WithKey(s.ctx, shown)); !errors.Is(err, store.ErrNotFound) {
						s.Errorf("%s after %s: got %v", name, what, err)
					}
				}
			}
			if after := s.state(); after != before {
				s.Errorf("after %s something was written:\n%s\n%s", what, before, after)
			}
			s.foreign(`DELETE FROM accounts`)
		}
	}},
	{"InSession/no race leaves a factor that came after all were reset", func(s *scene) {
		added := 0
		for n := range long.Choose(60, 1000) {
			name := fmt.Sprintf("racer-%d", n)
			id := s.member(name)
			s.enrol(id)
			given := s.signs(name, laptop)
			given, err := s.Store.CompleteSession(s.ctx, given.Session, laptop)
			s.must(err)
			var group sync.WaitGroup
			var adding error
			group.Go(func() {
				adding = s.insist(func() error { return s.Store.EnrolTOTP(store.InSession(s.ctx, given.Session), id, "late", seed, 0) })
			})
			group.Go(func() {
				_, err := s.fenced.Act(s.ctx, action("reset-"+name), account(name), store.ActionRequest{Type: store.ActionResetTwoFactor})
				if err != nil {
					s.Error(err)
				}
			})
			group.Wait()
			s.foreign(`DELETE FROM mails`)
			if adding == nil {
				added++
			} else if !errors.Is(adding, store.ErrNotFound) {
				s.Errorf("round %d: %v", n, adding)
			}
			if left := s.count(`SELECT count(*) FROM factors WHERE account_id = $1`, atoi(id)); left != "0" {
				s.Fatalf("round %d: %s factors are left, and the adding of one ended with %v", n, left, adding)
			}
		}
		s.Logf("added %d times before the reset", added)
	}},
}

// writesInSession are all that a holder does in a session and that changes ways in, or the account.
func (s *scene) writesInSession(id string) map[string]func(context.Context) error {
	h := s.Store.Holder(id)
	return map[string]func(context.Context) error{
		"EnrolTOTP":        func(ctx context.Context) error { return s.Store.EnrolTOTP(ctx, id, "late", seed, 0) },
		"EnrolBackupCodes": func(ctx context.Context) error { return s.Store.EnrolBackupCodes(ctx, id, [][]byte{[]byte("late")}) },
		"NameFactor":       func(ctx context.Context) error { return s.Store.NameFactor(ctx, id, "FACTOR", "late") },
		"RemoveFactor":     func(ctx context.Context) error { return s.Store.RemoveFactor(ctx, id, "FACTOR") },
		"Set":              func(ctx context.Context) error { return h.Set(ctx, only(0, "late")) },
		"PutEnvVars":       func(ctx context.Context) error { return second(h.PutEnvVars(ctx, named(vars{"LATE": "1"}))) },
		"PutConnection":    func(ctx context.Context) error { return second(h.PutConnection(ctx, s3)) },
		"CreateKey":        func(ctx context.Context) error { return third(h.CreateKey(ctx, "", store.APIKey{Name: "late"})) },
		"Delete":           h.Delete,
		"RequestDeletion":  h.RequestDeletion,
		"WithdrawDeletion": h.WithdrawDeletion,
		"EndOtherSessions": func(ctx context.Context) error { return s.Store.EndOtherSessions(ctx, id, "") },
	}
}

func nothingInOver(s *scene) {
	for what, end := range map[string]func(id, session string){
		"another password":     func(string, string) { s.foreign(`UPDATE accounts SET password_hash = 'other'`) },
		"a factor's reset":     func(string, string) { s.act("reset-"+time.Now().String(), store.ActionResetTwoFactor) },
		"a suspension":         func(string, string) { s.suspend("alice", true) },
		"a suspension of late": func(string, string) { s.suspend("alice", true); s.suspend("alice", false) },
		"a restoration": func(id, _ string) {
			s.must(s.fenced.DeleteAccount(s.ctx, account("alice"), store.Deletion{}))
			s.must(s.fenced.Restore(s.ctx, account("alice"), id))
		},
		"another browser":                 func(id, session string) { s.must(s.Store.EndSession(s.ctx, id, session)) },
		"another browser, all":            func(id, _ string) { s.must(s.Store.EndOtherSessions(s.ctx, id, "")) },
		"another incarnation":             func(string, string) { s.foreign(`UPDATE sessions SET incarnation = incarnation - 1`) },
		"another program, as a help desk": func(string, string) { s.foreign(`DELETE FROM sessions`) },
	} {
		s.laterThan(mailSpan)
		id := s.member("alice")
		s.enrol(id)
		half := s.signs("alice", laptop)
		given, err := s.Store.CompleteSession(s.ctx, half.Session, laptop)
		s.must(err)
		end(id, s.listed(id)[0].ID)
		before := s.state()
		for name, write := range s.writesInSession(id) {
			if err := write(store.InSession(s.ctx, given.Session)); !errors.Is(err, store.ErrNotFound) {
				s.Errorf("%s after %s: got %v", name, what, err)
			}
		}
		if after := s.state(); after != before {
			s.Errorf("after %s something was written:\n%s\n%s", what, before, after)
		}
		s.foreign(`DELETE FROM accounts`)
	}
}

// state is how much there is of what a holder may write.
func (s *scene) state() string {
	s.Helper()
	return s.count(`SELECT 'factors ' || (SELECT count(*) FROM factors) || ' codes ' || (SELECT count(*) FROM backup_codes)
		|| ' variables ' || (SELECT count(*) FROM env_vars) || ' keys ' || (SELECT count(*) FROM api_keys WHERE ended_at IS NULL) || ' audit ' || (SELECT count(*) FROM audit) || ' mails ' || (SELECT count(*) FROM mails)`)
}
