package storetest

import (
	"strings"
	"time"

	"github.com/account-operator/account-operator/internal/store"
)

var recoverable = []promise{
	{"Recoverable/a deleted account no longer holds its address", func(s *scene) {
		first := s.put(account("alice"))
		s.must(s.fenced.DeleteAccount(s.ctx, account("alice"), store.Deletion{}))
		second := account("alice")
		second.UID = "uid-second"
		got, err := s.fenced.PutAccount(s.ctx, second, store.AccountSpec{Email: email("alice")}, mark("r"))
		s.must(err)
		if got.ID == first.ID {
			s.Error("the deleted account came back")
		}
	}},
	{"Recoverable/until it is purged a deleted account keeps what restores it", func(s *scene) {
		s.put(account("alice"))
		s.must(s.fenced.DeleteAccount(s.ctx, account("alice"), store.Deletion{}))
		n, err := s.fenced.Purge(s.ctx, time.Now().Add(-time.Hour))
		s.must(err)
		if got := s.count(`SELECT count(*) FROM accounts WHERE email = 'alice@example.com' AND uid = 'uid-a-alice'`); n != 0 || got != "1" {
			s.Errorf("purged %d, %s rows kept", n, got)
		}
	}},
	{"Recoverable/a purge leaves a tombstone without personal data", purges},
	{"Recoverable/a purge leaves no name of an object that wrote the account, whoever else's row it stands in", purgesNames},
	{"Recoverable/a purge takes more than one batch, and nothing that lives", func(s *scene) {
		s.foreign(`INSERT INTO accounts (email, deleted_at) WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 250)
			SELECT 'gone@example.com', '2020-01-01T00:00:00.000Z' FROM n`)
		s.put(account("alice"))
		n, err := s.fenced.Purge(s.ctx, time.Now())
		s.must(err)
		again, err := s.fenced.Purge(s.ctx, time.Now())
		s.must(err)
		if n != 250 || again != 0 {
			s.Errorf("purged %d, then %d", n, again)
		}
		if _, err := s.fenced.Account(s.ctx, account("alice")); err != nil {
			s.Error(err)
		}
	}},
	{"Recoverable/what the audit has kept longer than it has to goes with a purge, in more than one batch", func(s *scene) {
		s.put(account("alice"))
		s.foreign(`INSERT INTO audit (cluster, kind, namespace, namespace_uid, name, uid, generation, op, names)
			WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1500)
			SELECT 'c', 'Account', 'n', 'u', 'x', 'x', 1, 'PutAccount', '{}' FROM n`)
		s.foreign(`UPDATE audit SET at = '2020-01-01T00:00:00.000Z'`)
		s.put(account("bob"))
		_, err := s.fenced.Purge(s.ctx, time.Now())
		s.must(err)
		if got := s.count(`SELECT count(*) FROM audit`) + " " + s.count(`SELECT max(name) FROM audit`); got != "1 bob" {
			s.Errorf("kept: %s", got)
		}
	}},
}

// Given an account with a team, and of each kind an object that is gone and one that is there, all of which the audit names, when the
// account is deleted and purged, and the objects that were there are deleted even later, then no row has a name of theirs, and rows of
// others keep theirs.
func purgesNames(s *scene) {
	alice, bob := claim(store.KindAccount, "canary-alice", "uid-a-alice"), account("bob")
	s.put(alice)
	s.put(bob)
	var late []store.Claim
	for kind, of := range samples {
		if !of.inAccount {
			continue
		}
		gone, there := claim(kind, "canary-gone", "gone-"+string(kind)), claim(kind, "canary-there", "there-"+string(kind))
		s.must(of.put(s.ctx, s.fenced, gone, alice, mark("r")))
		s.must(of.remove(s.ctx, s.fenced, gone, false)) // a row that names no account
		s.must(of.put(s.ctx, s.fenced, there, alice, mark("r")))
		late = append(late, there)
	}
	s.must(samples[store.KindEnvVarSet].put(s.ctx, s.fenced, set("of-bob"), bob, mark("r")))
	s.foreign(`INSERT INTO teams (id, name, owner_id) SELECT 't', 'a team', id FROM accounts WHERE uid = 'uid-a-alice'`)
	s.must(s.fenced.DeleteAccount(s.ctx, alice, store.Deletion{TransferTeamsTo: bob})) // a row that names bob's account

	_, err := s.fenced.Purge(s.ctx, time.Now().Add(time.Minute))
	s.must(err)
	for _, c := range late {
		s.must(samples[c.Kind].remove(s.ctx, s.fenced, c, false))
	}

	rows, err := s.Rows(`SELECT name, kind, op FROM audit ORDER BY id`)
	s.must(err)
	kept := 0
	for _, row := range rows {
		text := strings.Join(row, " ")
		if strings.Contains(text, "canary") {
			s.Errorf("the audit keeps %s", text)
		}
		if strings.HasPrefix(text, "bob ") || strings.HasPrefix(text, "of-bob ") {
			kept++
		}
	}
	if kept != 2 {
		s.Errorf("of bob's two rows %d have their names: %v", kept, rows)
	}
}

func purges(s *scene) {
	c := claim(store.KindAccount, "canary-name", "some-uid")
	_, err := s.fenced.PutAccount(s.ctx, c, store.AccountSpec{
		Email: "canary@example.com", Settings: wanted(everySetting("canary")), Events: map[string]string{"low_credit": "Disabled"},
	}, mark("r"))
	s.must(err)
	s.foreign(`UPDATE accounts SET password_hash = 'canary-hash', email_verified_at = created_at`)
	_, err = s.fenced.Act(s.ctx, claim(store.KindAccountAction, "canary-action", "action-uid"), c, store.ActionRequest{Type: store.ActionSendPasswordReset})
	s.must(err)
	s.enrol(s.count(`SELECT id FROM accounts`))
	s.must(s.Store.RequestLink(s.ctx, store.LinkChoosePassword, "canary@example.com"))
	s.listen(s.fenced).hears(c) // what was not read yet names the object as well
	s.must(s.fenced.DeleteAccount(s.ctx, c, store.Deletion{}))
	n, err := s.fenced.Purge(s.ctx, time.Now().Add(time.Minute))
	s.must(err)
	if n != 1 {
		s.Errorf("purged %d", n)
	}
	for _, table := range []string{"accounts", "audit", "applied", "waits", "changes", "mails", "links", "actions", "factors", "backup_codes"} {
		rows, err := s.Rows(`SELECT * FROM ` + table)
		s.must(err)
		for _, row := range rows {
			if text := strings.Join(row, " "); strings.Contains(text, "canary") {
				s.Errorf("%s: %s", table, text)
			}
		}
	}
	if n := s.count(`SELECT count(*) FROM notification_prefs`); n != "0" {
		s.Errorf("%s preferences", n)
	}
	if got := s.count(`SELECT count(*) FROM accounts WHERE deleted_at IS NOT NULL AND purged_at IS NOT NULL AND email_verified_at IS NULL`); got != "1" {
		s.Errorf("%s tombstones", got)
	}
}
