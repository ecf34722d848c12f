package sqlstore

import (
	"context"
	"fmt"
	"strings"

	"github.com/jackc/pgx/v5"
)

// Roles are the roles of a PostgreSQL store beside the owner of its tables, who migrates. Empty: there is no such role.
type Roles struct {
	// Manager is who runs managers, and commands beside them.
	Manager string
	// Service is who keeps machines, clusters, instances, volumes, teams, and account holders' notifications.
	Service string
	// Reader is who reads what accounts hold, as OpenReader does. Whoever has a keyset besides has every value.
	Reader string
	// EndBlockers lets managers end sessions of others that hold one up. To give it takes a superuser, or who may administer the role
	// pg_signal_backend.
	EndBlockers bool
	// Schema is where the tables are. Empty: public.
	Schema string
}

// What a service writes, and what it reads of accounts.
const (
	serviceTables = "teams, team_members, machines, clusters, instances, volumes, notification_prefs"
	serviceReads  = "id, email_key, deleted_at"
)

// readerReads are the columns that a Reader reads.
var readerReads = []struct{ table, columns string }{
	{"accounts", "id, deleted_at"},
	{"env_vars", "account_id, name, version, value"},
	{"connections", "id, account_id, display_name, type, bucket, region, endpoint, version, credentials"},
	{"seal_check", "id, value"},
	{"goose_db_version", "version_id, is_applied"},
	{"identity", "store_id, incarnation, vouched"},
	{"account_revisions", "account_id, changed, raised"},
	{"reader_keys", "id, name, hash, rights, accounts, created_at, expires_at"},
	{"reader_tokens", "hash, account_id, rights, made_by, expires_at"},
	{"reader_revocations", "count"},
	{"reader_reads", "account_id, hour, reader, reads"},
}

// Statements give each role the rights it needs, and take from everybody what nobody should have. They can be run again, as after a
// migration.
func (r Roles) Statements() []string {
	schema := quoted(r.Schema)
	if r.Schema == "" {
		schema = "public"
	}
	all := []string{
		"SET LOCAL search_path = " + schema,
		"REVOKE CREATE ON SCHEMA " + schema + " FROM PUBLIC",
		"SELECT account_operator_guard()",
	}
	if r.Manager != "" {
		name := quoted(r.Manager)
		all = append(all, createRole(r.Manager),
			"GRANT USAGE ON SCHEMA "+schema+" TO "+name,
			"GRANT SELECT, INSERT, UPDATE, DELETE ON "+ourTables()+" TO "+name,
			"GRANT SELECT ON dependents, goose_db_version TO "+name,
			"GRANT SELECT, UPDATE ON revisions_kept TO "+name,
			"GRANT UPDATE ON SEQUENCE accounts_id_seq TO "+name, // after a store was put back
			"GRANT EXECUTE ON FUNCTION account_operator_fence, account_operator_referral_code TO "+name)
		if r.EndBlockers {
			all = append(all, "GRANT pg_signal_backend TO "+name)
		}
	}
	if r.Service != "" {
		name := quoted(r.Service)
		all = append(all, createRole(r.Service),
			"GRANT USAGE ON SCHEMA "+schema+" TO "+name,
			"GRANT SELECT ("+serviceReads+") ON accounts TO "+name,
			"GRANT SELECT, INSERT, UPDATE, DELETE ON "+serviceTables+" TO "+name)
	}
	if r.Reader != "" {
		name := quoted(r.Reader)
		all = append(all, createRole(r.Reader), "GRANT USAGE ON SCHEMA "+schema+" TO "+name)
		for _, reads := range readerReads {
			all = append(all, "GRANT SELECT ("+reads.columns+") ON "+reads.table+" TO "+name)
		}
		all = append(all,
			"GRANT SELECT (since) ON revisions_kept TO "+name,
			"GRANT INSERT (hash, account_id, rights, made_by, expires_at) ON reader_tokens TO "+name,
			"GRANT INSERT (account_id, hour, reader, reads), UPDATE (reads) ON reader_reads TO "+name)
	}
	return all
}

func (r Roles) String() string {
	return "BEGIN;\n" + strings.Join(r.Statements(), ";\n") + ";\nCOMMIT;\n"
}

// createRole makes a role that logins can be made members of, unless it is there: then it may log in itself.
func createRole(name string) string {
	return fmt.Sprintf("DO $$ BEGIN IF to_regrole(%s) IS NULL THEN CREATE ROLE %s NOLOGIN; END IF; END $$",
		"'"+strings.ReplaceAll(quoted(name), "'", "''")+"'", quoted(name))
}

func ourTables() string {
	var names []string
	for _, d := range dumped {
		names = append(names, d.table)
	}
	return strings.Join(names, ", ")
}

func quoted(name string) string { return pgx.Identifier{name}.Sanitize() }

// GiveRights runs the statements. The store has to be opened as the owner of its tables.
func (s *Store) GiveRights(ctx context.Context, r Roles) error {
	if s.engine.name() != "postgres" {
		return startupError("an SQLite store has no roles", "whoever may read and write its file may do everything")
	}
	var steps []statement
	for _, text := range r.Statements() {
		steps = append(steps, exec(text))
	}
	return doing("giving the roles their rights", s.transaction(ctx, noLeader, steps...))
}
