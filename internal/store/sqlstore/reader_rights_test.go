package sqlstore_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/account-operator/account-operator/internal/store"
	"github.com/account-operator/account-operator/internal/store/sqlstore"
)

// Given rights that were given before the schema had public keys, when a login with them reads, then it has all but these; and both what it lacks
// and the refusal say what to run, after which it has them.
func TestOpenReader_RightsOfAnOlderSchema_SaysToGiveThemAgain(t *testing.T) {
	address, admin := newPostgres(t)
	o := options(t)
	s := open(t, address, o)
	alice := idOf(t, filled(t, s), "alice")
	const role = "reader_of_before"
	giveOlderRights(t, admin, role, "ssh_keys")
	login(t, address, admin, "reading_before", `GRANT `+role)
	r := openReader(t, as(t, address, "reading_before"), o)

	if diff := cmp.Diff(map[string]string{"TOKEN": "canary-token"}, readValues(t, r, alice)); diff != "" {
		t.Error(diff)
	}
	if _, _, err := r.SSHKeysAt(t.Context(), alice); err == nil || !strings.Contains(err.Error(), "run 'manager store roles' again, as after each migration (SQLSTATE 42501)") {
		t.Errorf("keys: %v", err)
	}
	lacks, err := r.Lacks(t.Context())
	must(t, err)
	if diff := cmp.Diff([]string{"SELECT of ssh_keys.account_id", "SELECT of ssh_keys.comment", "SELECT of ssh_keys.id", "SELECT of ssh_keys.key", "SELECT of ssh_keys.type"}, lacks); diff != "" {
		t.Errorf("what it lacks: %s", diff)
	}

	must(t, s.GiveRights(t.Context(), sqlstore.Roles{Reader: role}))
	lacks, err = r.Lacks(t.Context())
	must(t, err)
	all, _, err := r.SSHKeysAt(t.Context(), alice)
	must(t, err)
	if len(lacks) > 0 || len(all) != 1 {
		t.Errorf("given them, it lacks %v, and reads %d keys", lacks, len(all))
	}
}

// giveOlderRights gives a role the rights of readers as they were before a table came.
func giveOlderRights(t *testing.T, admin foreign, role, without string) {
	t.Helper()
	var older []string
	for _, text := range (sqlstore.Roles{Reader: role}).Statements() {
		if !strings.Contains(text, without) {
			older = append(older, text)
		}
	}
	must(t, admin.exec("BEGIN; "+strings.Join(older, "; ")+"; COMMIT"))
	t.Cleanup(func() { _ = admin.exec(`DROP OWNED BY ` + role + `; DROP ROLE ` + role) })
}

// Given all kinds that have rows in accounts, then readers may read each, or it is said here why not; and no list names a kind that there is not.
func TestReaderRole_EachKind_IsReadOrLeftOutForAReason(t *testing.T) {
	leftOut := map[store.Kind]string{
		store.KindAccount: "of an account readers see that it is there",
	}
	read := sqlstore.ReaderTables()
	for kind, table := range sqlstore.Kinds() {
		columns, reason := read[table], leftOut[kind]
		switch isRead := columns != "" && kind != store.KindAccount; {
		case !isRead && reason == "":
			t.Errorf("of %s readers may read nothing, and nothing says why: give them a right in readerRights, or the reason in this test", kind)
		case isRead && reason != "":
			t.Errorf("of %s readers may read %s, though it is left out: %s", kind, columns, reason)
		}
		delete(leftOut, kind)
	}
	for kind := range leftOut {
		t.Errorf("there is no kind %s", kind)
	}
}
