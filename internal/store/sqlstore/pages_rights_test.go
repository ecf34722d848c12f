package sqlstore_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// outOfReach are the columns that the pages have no right on, and why they need none: "*" for those of a table that are not named elsewhere.
// Whoever adds a table or a column adds it here, or to the rights of the pages.
var outOfReach = map[string]string{
	"accounts.retained_cluster retained_namespace retained_namespace_uid retained_name retained_uid retained_email_key": "the same of what managed it",
	"accounts.*":           "when it was made, and purged",
	"connections.*":        "when it was made, and what an object retained",
	"ssh_keys.*":           "what an object retained",
	"account_revisions.*":  "for readers; triggers write it",
	"revisions_kept.*":     "for readers",
	"reader_keys.*":        "for readers, and who administers them",
	"reader_tokens.*":      "for readers",
	"reader_revocations.*": "for readers",
	"mails.*":              "who sends a mail, and when, is the managers'",
	"mail_turns.*":         "for who sends mails",
	"actions.*":            "buttons that the platform presses",
	"identity.*":           "who remembers a store is a manager",
	"status_key.*":         "signs status, which a manager writes",
	"leaders.*":            "who leads: its token makes a leader",
	"applied.*":            "what managers remember",
	"applied_pairs.*":      "what managers remember",
	"waits.*":              "what managers wait for",
	"changes.*":            "for managers; triggers write it",
	"queues.*":             "for triggers",
	"goose_db_version.*":   "when it was migrated",
}

// Given all tables of the schema, then each column is one that the pages have a right on, or that is out of their reach for a reason; and no list
// has one that is not there.
func TestPagesRole_EachColumn_IsGrantedOrNotNeeded(t *testing.T) {
	s := newPagesScene(t)
	columns, err := s.admin.rows(`SELECT c.relname, a.attname, concat_ws(' ',
			CASE WHEN has_column_privilege('` + pagesLogin + `', c.oid, a.attnum, 'SELECT') THEN 'SELECT' END,
			CASE WHEN has_column_privilege('` + pagesLogin + `', c.oid, a.attnum, 'INSERT') THEN 'INSERT' END,
			CASE WHEN has_column_privilege('` + pagesLogin + `', c.oid, a.attnum, 'UPDATE') THEN 'UPDATE' END)
		FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
		WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'v', 'm', 'p') ORDER BY 1, a.attnum`)
	must(t, err)
	used := map[string]bool{}
	for _, c := range columns {
		listed := unreached(c[0], c[1])
		used[listed] = used[listed] || c[2] == ""
		if wrong := misplaced(c[2], listed); wrong != "" {
			t.Errorf("%s.%s: %s", c[0], c[1], wrong)
		}
	}
	for listed := range outOfReach {
		if !used[listed] {
			t.Errorf("there is no column %s, or the pages have a right on each", listed)
		}
	}
	rows, err := s.admin.rows(`SELECT c.relname FROM pg_class c WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'v', 'S')
		AND (has_table_privilege('` + pagesLogin + `', c.oid, 'DELETE') OR CASE c.relkind WHEN 'S' THEN has_sequence_privilege('` + pagesLogin + `', c.oid, 'USAGE, UPDATE')
			ELSE has_table_privilege('` + pagesLogin + `', c.oid, 'TRUNCATE, TRIGGER, REFERENCES') END) ORDER BY 1`)
	must(t, err)
	if diff := cmp.Diff([][]string{{"api_keys"}, {"api_sessions"}, {"backup_codes"}, {"connections"}, {"env_vars"}, {"factor_attempts"}, {"factors"}, {"known_browsers"}, {"links"}, {"pending_addresses"}, {"provider_subjects"}, {"sessions"}, {"ssh_keys"}, {"team_members"}, {"teams"}}, rows); diff != "" {
		t.Errorf("where rows may be deleted, or worse: %s", diff)
	}
}

// misplaced says what is wrong with a column that the pages may do this with, and that has this entry in outOfReach.
func misplaced(may, listed string) string {
	switch {
	case may == "" && listed == "":
		return "the pages have no right on it, and nothing says why they need none"
	case may != "" && listed != "" && !strings.HasSuffix(listed, ".*"):
		return "the pages may " + may + " it, and it is to be out of their reach"
	}
	return ""
}

// unreached is the entry of outOfReach that has the column; empty, none.
func unreached(table, column string) string {
	for listed := range outOfReach {
		of, names, _ := strings.Cut(listed, ".")
		if of == table && strings.Contains(" "+names+" ", " "+column+" ") {
			return listed
		}
	}
	if _, rest := outOfReach[table+".*"]; rest {
		return table + ".*"
	}
	return ""
}

// Given the login of the pages, when it tries what is a manager's, an administrator's or nobody's, then the database refuses each.
func TestPagesRole_EachForbiddenThing_IsRefused(t *testing.T) {
	s := newPagesScene(t)
	for does, text := range map[string]string{
		"read values":                     `SELECT value FROM env_vars`,
		"read them as whole rows":         `SELECT env_vars FROM env_vars`,
		"copy them out":                   `COPY env_vars TO STDOUT`,
		"read them by writing":            `UPDATE env_vars SET value = value RETURNING value`,
		"read them by a conflict":         `INSERT INTO env_vars (account_id, name, value, version) VALUES (1, 'TOKEN', '', 1) ON CONFLICT (account_id, name) DO UPDATE SET version = 2 RETURNING value`,
		"learn of them by a condition":    `SELECT 1 FROM env_vars WHERE length(value) > 1`,
		"read credentials":                `SELECT credentials FROM connections`,
		"make a variable a set's":         `UPDATE env_vars SET owner_uid = 'mine'`,
		"say what is managed":             `UPDATE accounts SET managed = '[]'`,
		"lead kept credentials elsewhere": `UPDATE connections SET endpoint = 'mallory.example.com'`,
		"put credentials in their place":  `UPDATE connections SET credentials = ''`,
		"lead":                            `INSERT INTO leaders (cluster, lease, epoch, token) VALUES ('c', 'l', 99, '')`,
		"pass for a leader":               `SELECT token FROM leaders`,
		"take an account over":            `UPDATE accounts SET uid = 'mine' WHERE email = 'alice@example.com'`,
		"bring an account back":           `UPDATE accounts SET deleted_at = NULL`,
		"delete one without a trace":      `UPDATE accounts SET deleted_at = now()`,
		"let who is suspended in":         `UPDATE accounts SET access_suspended_at = NULL`,
		"give a team away":                `UPDATE teams SET owner_id = 1`,
		"become a member of a team":       `INSERT INTO team_members (team_id, account_id) VALUES ('t', 1)`,
		"have a machine gone":             `DELETE FROM machines`,
		"say what an object manages":      `UPDATE accounts SET managed = '[]'`,
		"make an account":                 `INSERT INTO accounts (email) VALUES ('mallory@example.com')`,
		"delete an account":               `DELETE FROM accounts`,
		"vouch for the store":             `UPDATE identity SET vouched = ''`,
		"begin an incarnation":            `UPDATE identity SET incarnation = incarnation + 1`,
		"read whom the audit names":       `SELECT name FROM audit`,
		"change the audit":                `UPDATE audit SET op = ''`,
		"empty the audit":                 `DELETE FROM audit`,
		"sign a status":                   `SELECT value FROM status_key`,
		"make a key of a reader":          `INSERT INTO reader_keys (id, name, hash, rights, accounts, created_at, expires_at) VALUES ('i', 'n', '', 'env', '"all"', now(), now())`,
		"read keys of readers":            `SELECT hash FROM reader_keys`,
		"put its own keyset in the place": `UPDATE seal_check SET value = ''`,
		"take a mail":                     `UPDATE mails SET taken_lease = 'l'`,
		"read whom mails go to":           `SELECT recipient FROM mails`,
		"wake managers":                   `SELECT account_operator_ring()`,
		"touch what is managed":           `SELECT account_operator_touch('c', 'Account', 'n', 'n', 'a', 'a')`,
		"make a table":                    `CREATE TABLE mine (id BIGINT)`,
		"switch triggers off":             `ALTER TABLE accounts DISABLE TRIGGER ALL`,
		"do without triggers":             `SET session_replication_role = 'replica'`,
		"hold everybody up":               `DO $$ BEGIN LOCK TABLE leaders IN ACCESS SHARE MODE; END $$`,
		"migrate":                         `INSERT INTO goose_db_version (version_id, is_applied) VALUES (99, TRUE)`,
		"take the owner's role":           `SET ROLE postgres`,
	} {
		if err := s.login.exec(text); err == nil || !strings.Contains(err.Error(), "42501") {
			t.Errorf("to %s: %v", does, err)
		}
	}
}
