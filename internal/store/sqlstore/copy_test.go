package sqlstore_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/account-operator/account-operator/internal/seal"
	"github.com/account-operator/account-operator/internal/store"
	"github.com/account-operator/account-operator/internal/store/sqlstore"
)

// grown is an SQLite store in which something stands in every table that is copied, and nobody has it open.
func grown(t *testing.T, o sqlstore.Options) (address string, foreign foreign) {
	t.Helper()
	address, foreign = newSQLite(t)
	s := open(t, address, o)
	fenced := filled(t, s)
	ctx := t.Context()
	alice := claim(store.KindAccount, "alice")
	for n := range 300 {
		must(t, setVar(t, fenced, fmt.Sprintf("V%03d", n), strings.Repeat("canary", n)))
	}
	_, err := fenced.PutAccount(ctx, claim(store.KindAccount, "carol"), store.AccountSpec{Email: "carol@example.com"}, store.Mark{Generation: 3, Record: "r",
		Leaves: map[string]string{"email": "1"}})
	must(t, err)
	must(t, fenced.DeleteAccount(ctx, claim(store.KindAccount, "carol"), store.Deletion{}))
	must(t, s.EnrolTOTP(ctx, "1", "", store.NewSecret([]byte("canary-seed")), 0))
	must(t, s.EnrolBackupCodes(ctx, "1", [][]byte{[]byte("a hash")}))
	_, err = s.Attempt(ctx, "1", store.FactorTOTP, time.Now())
	must(t, err)
	must(t, foreign.exec(`UPDATE accounts SET password_hash = 'hash', email_verified_at = created_at WHERE id = 2`))
	judged, err := s.TrySignIn(ctx, "bob@example.com", store.Browser{})
	must(t, err)
	_, err = s.BeginSession(ctx, judged, store.Browser{})
	must(t, err)
	hasSession(t, s, judged.AccountID)
	_, err = fenced.Act(ctx, claim(store.KindAccountAction, "act"), alice, store.ActionRequest{Type: store.ActionResendVerificationEmail})
	must(t, err)
	_, _, err = fenced.TakeMails(ctx, true, 10, time.Hour)
	must(t, err)
	must(t, fenced.SyncEnvVars(ctx, alice, claim(store.KindEnvVarSet, "late"), func([]store.EnvVar) store.EnvVarPlan {
		return store.EnvVarPlan{Changes: []store.EnvVarChange{{Op: store.EnvVarAwait, Name: "V000"}}, Mark: &store.Mark{Generation: 1}}
	}))
	_, err = fenced.SyncPairs(ctx, claim(store.KindEnvVarSet, "many"), []store.Claim{alice}, nil, func(store.Pair, []store.EnvVar) store.EnvVarPlan {
		return store.EnvVarPlan{Mark: &store.Mark{Generation: 1, Record: "r"}}
	})
	must(t, err)
	isRead(t, s)
	for _, text := range []string{
		`INSERT INTO teams (id, name, owner_id) SELECT 't', 'é "quoted"', id FROM accounts WHERE name = 'alice'`,
		`INSERT INTO team_members (team_id, account_id, role) SELECT 't', id, 'Member' FROM accounts WHERE name = 'bob'`,
		`INSERT INTO instances (id, team_id) VALUES ('i', 't')`,
		`INSERT INTO clusters (id, team_id) VALUES ('c', 't')`,
		`INSERT INTO volumes (id, team_id) VALUES ('v', 't')`,
		`INSERT INTO machines (id, account_id) SELECT 'm', id FROM accounts WHERE name = 'alice'`,
		`INSERT INTO notification_prefs (account_id, type, email) SELECT id, 'outbid', 'Disabled' FROM accounts WHERE name = 'bob'`,
		`INSERT INTO pending_addresses (account_id, email) SELECT id, 'later@example.com' FROM accounts WHERE name = 'bob'`,
		`INSERT INTO provider_subjects SELECT 'https://login.example.com', 'bob', id, 0, created_at FROM accounts WHERE name = 'bob'`,
		`UPDATE accounts SET referred_by = (SELECT a.id FROM accounts a WHERE a.name = 'bob') WHERE name = 'alice'`,
	} {
		must(t, foreign.exec(text))
	}
	closeStore(t, s)
	tables, _ := tablesOf(t, foreign)
	for table, rows := range counts(t, foreign, tables) {
		if rows == "0" {
			t.Fatalf("nothing stands in %s", table)
		}
	}
	return address, foreign
}

// hasSession has a holder make an API key, and a program begin a session with it.
func hasSession(t *testing.T, s *sqlstore.Store, account string) {
	t.Helper()
	key, _, err := s.Holder(account).CreateKey(t.Context(), "", store.APIKey{Rights: store.KeyRights})
	must(t, err)
	_, _, err = s.Holder(account).BeginKeySession(t.Context(), key.ID)
	must(t, err)
}

// isRead has a service read the first account, and make a token for it.
func isRead(t *testing.T, s *sqlstore.Store) {
	t.Helper()
	expires := time.Now().Add(time.Hour)
	key, _, err := s.CreateReaderKey(t.Context(), store.ReaderKey{Name: "billing", Rights: store.ReaderRights, AllAccounts: true, Expires: expires})
	must(t, err)
	_, err = s.CreateReaderToken(t.Context(), store.ReaderToken{Account: 1, Rights: []string{store.RightEnv}, By: key.Name, Expires: expires})
	must(t, err)
	must(t, s.CountReads(t.Context(), []store.ReadCount{{Reader: key.Name, Account: 1, Hour: time.Now().UTC().Truncate(time.Hour), Reads: 1}}))
}

func copyStore(t testing.TB, from, to string, o sqlstore.Options) sqlstore.Copied {
	t.Helper()
	copied, err := sqlstore.Copy(t.Context(), from, to, o, func(string) {})
	must(t, err)
	return copied
}

// tablesOf are the tables of an SQLite store that are copied, and how many others it has.
func tablesOf(t testing.TB, file foreign) (copied []string, others int) {
	t.Helper()
	rows, err := file.rows(`SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'`)
	must(t, err)
	for _, r := range rows {
		if sqlstore.NotCopied(r[0]) {
			others++
		} else {
			copied = append(copied, r[0])
		}
	}
	return copied, others
}

// counts are the rows of each of the tables.
func counts(t testing.TB, f foreign, tables []string) map[string]string {
	t.Helper()
	all := map[string]string{}
	for _, table := range tables {
		rows, err := f.rows(`SELECT count(*) FROM ` + table)
		must(t, err)
		all[table] = rows[0][0]
	}
	return all
}

// Given an SQLite store that has been used, when it is copied, then the PostgreSQL store is the same one: its identity, its rows, its values and the
// IDs that it gives out go on, and nothing that rows cause a second time was caused.
func TestCopy_StoreThatWasUsed_GoesOnInPostgres(t *testing.T) {
	o := options(t)
	from, file := grown(t, o)
	tables, _ := tablesOf(t, file)
	before := counts(t, file, tables)
	to, database := newPostgres(t)
	copied := copyStore(t, from, to, o)
	if copied.Before || copied.Rows < 400 || copied.Tables < 26 {
		t.Errorf("it says %+v", copied)
	}
	if diff := cmp.Diff(before, counts(t, database, tables)); diff != "" {
		t.Error(diff)
	}
	was, err := file.rows(`SELECT store_id, incarnation, mark FROM identity`)
	must(t, err)
	is, err := database.rows(`SELECT store_id, incarnation, mark FROM identity`)
	must(t, err)
	if diff := cmp.Diff(was, is); diff != "" {
		t.Errorf("the identity: %s", diff)
	}

	s := open(t, to, o)
	findings, err := s.Verify(t.Context())
	must(t, err)
	if len(findings) > 0 {
		t.Error(findings)
	}
	fenced, err := s.Lead(t.Context(), "c", "l")
	must(t, err)
	if got := value(t, fenced, "V299"); got != strings.Repeat("canary", 299) || fenced.Epoch() < 2 {
		t.Errorf("the value has %d bytes, the epoch is %d", len(got), fenced.Epoch())
	}
	dave, err := fenced.PutAccount(t.Context(), claim(store.KindAccount, "dave"), store.AccountSpec{Email: "dave@example.com"}, store.Mark{})
	must(t, err)
	if dave.ID != "4" { // carol, who is gone, was 3
		t.Errorf("the next account has the ID %s", dave.ID)
	}
}

// Given a store that was copied, when a manager, a command or a reader opens the file, then each is refused, one of before there were copies too;
// and to copy it again does nothing.
func TestCopy_FileThatWasCopied_IsRetired(t *testing.T) {
	o := options(t)
	from, file := grown(t, o)
	to, database := newPostgres(t)
	copyStore(t, from, to, o)
	refused(t, from, o, "is retired")
	beside := o
	beside.WithoutLock, beside.MigrateOnOpen = true, false
	refused(t, from, beside, "is retired")
	if _, err := sqlstore.OpenReader(t.Context(), from, o); err == nil || !strings.Contains(err.Error(), "is retired") {
		t.Errorf("a reader: %v", err)
	}
	newest, err := file.rows(`SELECT max(version_id) FROM goose_db_version WHERE is_applied`)
	must(t, err)
	if newest[0][0] != "1000000000" { // newer than any binary knows
		t.Errorf("its schema has version %s", newest[0][0])
	}
	must(t, database.exec(`UPDATE accounts SET username = 'since' WHERE name = 'alice'`))
	if again := copyStore(t, from, to, o); !again.Before {
		t.Errorf("it was copied once more: %+v", again)
	}
	rows, err := database.rows(`SELECT username FROM accounts WHERE name = 'alice'`)
	must(t, err)
	if rows[0][0] != "since" {
		t.Error("what was written since is lost")
	}
}

// Given what must not be copied, or not there, when it is tried, then it says why, and the file is as it was: its manager starts.
func TestCopy_WhatMustNotBe_IsRefusedAndChangesNothing(t *testing.T) {
	o := options(t)
	from, file := grown(t, o)
	to, _ := newPostgres(t)
	other := options(t)
	inUse, _ := newPostgres(t)
	filled(t, open(t, inUse, other))
	twice, second := newPostgres(t)
	migrateSchema(t, twice)
	id, err := file.rows(`SELECT store_id FROM identity`)
	must(t, err)
	must(t, second.exec(`UPDATE identity SET store_id = $1`, id[0][0]))
	older, olderFile := newSQLite(t)
	migrateSchema(t, older)
	must(t, olderFile.exec(`DELETE FROM goose_db_version WHERE version_id = $1`, sqlstore.NewestVersion))
	for name, test := range map[string]struct {
		from, to string
		o        sqlstore.Options
		want     string
	}{
		"the other way":                {to, from, o, "copied from SQLite to PostgreSQL only"},
		"a file that is not there":     {from + "x", to, o, "does not exist"},
		"another keyset":               {from, to, other, "sealed with another keyset"},
		"a database with a store":      {from, inUse, o, "the database is not empty: another store has rows in"},
		"a database with this store":   {from, twice, o, "the database has this store already"},
		"an older schema":              {older, to, o, "and this binary copies"},
		"a database that is not there": {from, server.URL("absent"), o, "does not exist"},
	} {
		if _, err := sqlstore.Copy(t.Context(), test.from, test.to, test.o, func(string) {}); err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s: got %v", name, err)
		}
	}
	s := open(t, from, o)
	if _, err := sqlstore.Copy(t.Context(), from, to, o, func(string) {}); err == nil || !strings.Contains(err.Error(), "another manager holds the store file") {
		t.Errorf("under a manager: %v", err)
	}
	closeStore(t, s)
	if copied := copyStore(t, from, to, o); copied.Before {
		t.Error("it was copied although it was refused")
	}
}

// Given a copy that is under way, when another program writes the file, then it has to wait until that is retired: nothing is written that is not copied.
func TestCopy_AnotherProgramWritesMeanwhile_Waits(t *testing.T) {
	o := options(t)
	from, _ := grown(t, o)
	to, _ := newPostgres(t)
	hasty := openForeign(t, "sqlite", "file:"+strings.TrimPrefix(from, "sqlite://")+"?_pragma=busy_timeout(1)")
	tried := 0
	_, err := sqlstore.Copy(t.Context(), from, to, o, func(step string) {
		if step == "commit" {
			return
		}
		if err := hasty.exec(`UPDATE accounts SET username = 'x'`); err == nil {
			t.Error("it wrote")
		}
		tried++
	})
	must(t, err)
	if tried < 26 {
		t.Errorf("it was tried %d times", tried)
	}
}

// Given the tables of both dialects, then each is copied or is one that a database has for itself.
func TestCopy_TablesOfBothDialects_AreTheSame(t *testing.T) {
	from, file := newSQLite(t)
	migrateSchema(t, from)
	tables, own := tablesOf(t, file)
	to, _ := newPostgres(t)
	copied := copyStore(t, from, to, unsealedOptions())
	if copied.Tables != len(tables) {
		t.Errorf("%d tables of %d were copied, and %d are the database's own", copied.Tables, len(tables), own)
	}
}

func unsealedOptions() sqlstore.Options { return sqlstore.Options{Sealer: seal.Unsealed()} }
