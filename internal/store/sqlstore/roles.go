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
	// Pages is who serves account holders' pages, as OpenPages does. Whatever it has besides, it reads no value and no credential.
	Pages string
	// EndBlockers lets managers end sessions of others that hold one up. To give it takes a superuser, or who may administer the role
	// pg_signal_backend.
	EndBlockers bool
	// Schema is where the tables are. Empty: public.
	Schema string
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
	for _, role := range []struct {
		name   string
		rights []right
	}{{r.Service, serviceRights}, {r.Reader, readerRights}, {r.Pages, pagesRights}} {
		if role.name == "" {
			continue
		}
		all = append(all, createRole(role.name), "GRANT USAGE ON SCHEMA "+schema+" TO "+quoted(role.name))
		for _, of := range role.rights {
			all = append(all, of.grant(role.name))
		}
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
