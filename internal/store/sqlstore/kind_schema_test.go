package sqlstore

import (
	"cmp"
	"strings"

	"github.com/account-operator/account-operator/internal/store"
)

// KindTriggers are what a migration creates so that the change feed has what happens to the rows of a
// kind, and the revisions of accounts, too, statement by statement.
func KindTriggers(name store.Kind, dialect string) []string {
	k := kindOf(name)
	if dialect == "sqlite" {
		return k.sqliteTriggers()
	}
	return k.postgresTriggers()
}

// KindTable is a migration's table for a kind with one row an object, with its indexes.
func KindTable(name store.Kind, dialect string) []string {
	k := kindOf(name)
	types := map[string]string{
		"id": "TEXT PRIMARY KEY NOT NULL", "account_id": "INTEGER NOT NULL REFERENCES accounts (id) ON DELETE CASCADE",
		"version": "INTEGER NOT NULL", k.secret: "BLOB NOT NULL", "created_at": "TEXT NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ', 'now'))",
	}
	named, end := "uid IS NOT NULL", ") STRICT"
	for column := range strings.SplitSeq(claimColumns+", "+retainedColumns, ", ") {
		types[column] = "TEXT"
	}
	if dialect == "postgres" {
		types["id"], types[k.secret], types["created_at"] = "TEXT PRIMARY KEY", "BYTEA NOT NULL", "TIMESTAMPTZ NOT NULL DEFAULT now()"
		types["account_id"], types["version"] = strings.Replace(types["account_id"], "INTEGER", "BIGINT", 1), "BIGINT NOT NULL"
		types["uid"] += ` COLLATE "C"`
		named, end = named+" AND namespace IS NOT NULL", ")" // so that only who looks for a name can use that index
	}
	table := "CREATE TABLE " + k.table + " (\n"
	for column := range strings.SplitSeq(k.columns, ", ") {
		if column == "version" && k.secret != "" {
			table += "    " + k.secret + " " + types[k.secret] + ",\n"
		}
		table += "    " + column + " " + cmp.Or(types[column], "TEXT NOT NULL DEFAULT ''") + ",\n"
	}
	return []string{
		table + "    CHECK ((uid IS NULL) = (cluster IS NULL))\n" + end,
		"CREATE UNIQUE INDEX " + k.table + "_claim ON " + k.table + " (cluster, uid) WHERE uid IS NOT NULL",
		"CREATE UNIQUE INDEX " + k.table + "_name ON " + k.table + " (cluster, namespace, name) WHERE " + named,
		"CREATE INDEX " + k.table + "_account ON " + k.table + " (account_id)",
	}
}

// KindMigration is the migration that brings such a kind.
func KindMigration(name store.Kind, dialect string) string {
	var out strings.Builder
	out.WriteString("-- +goose Up\n-- Rows of " + string(name) + " objects. The table and its triggers are made from the kind's description.\n")
	for _, text := range KindTable(name, dialect) {
		out.WriteString(text + ";\n")
	}
	for _, text := range KindTriggers(name, dialect) {
		out.WriteString("\n-- +goose StatementBegin\n" + text + ";\n-- +goose StatementEnd\n")
	}
	return out.String()
}

// awaited is what comes free of a row of a kind, for the claims that wait for it.
type awaited struct {
	name          string            // in the names of the triggers
	account, item string            // of the wait
	held          string            // what the row was before, so that it had it
	left          map[string]string // what the row is since, so that it has it no more, by dialect
}

// awaitedOf is the name of an object, and what the rows of some kinds have besides.
func (k *kind) awaitedOf() []awaited {
	object := awaited{
		name: "name", account: "0", item: "'" + string(k.name) + " ' || OLD.cluster || '/' || OLD.namespace || '/' || OLD.name",
		held: "OLD.uid IS NOT NULL",
		left: map[string]string{"sqlite": "NEW.uid IS NOT OLD.uid", "postgres": "NEW.uid IS DISTINCT FROM OLD.uid"},
	}
	switch k.name {
	case store.KindAccount:
		object.held += " AND OLD.deleted_at IS NULL"
		address := awaited{name: "address", account: "0", item: "OLD.email_key", held: "OLD.deleted_at IS NULL", left: map[string]string{}}
		for dialect, left := range object.left {
			object.left[dialect] = "NEW.deleted_at IS NOT NULL OR " + left
			address.left[dialect] = "NEW.deleted_at IS NOT NULL OR NEW.email_key <> OLD.email_key OR " + left
		}
		return []awaited{address, object}
	case store.KindEnvVarSet: // a variable has a name of its own, and any number of them an owner
		return []awaited{{name: "name", account: "OLD.account_id", item: "OLD.name", left: map[string]string{
			"sqlite":   "NEW.owner_uid IS NULL OR NEW.account_id <> OLD.account_id OR NEW.name <> OLD.name",
			"postgres": "NEW.owner_uid IS NULL OR (NEW.account_id, NEW.name) IS DISTINCT FROM (OLD.account_id, OLD.name)",
		}}}
	}
	return []awaited{object}
}

// shown are the columns of an account that its object applies or shows. Of any other kind all are.
const shown = "email, username, theme, newsletter, invoice_name, invoice_company, invoice_tax_id, invoice_email, invoice_line1, invoice_line2," +
	" invoice_city, invoice_region, invoice_postal_code, invoice_country, cluster, namespace, namespace_uid, name, uid, deleted_at," +
	" two_factor_policy, email_verified_at, referral_code"

// of writes the claim of a row in a trigger.
func (k *kind) of(row string) string {
	columns := strings.Split(claimText(row+"."+k.prefix, "%s"), ", ")
	return columns[0] + ", '" + string(k.name) + "', " + strings.Join(columns[1:], ", ")
}

func (k *kind) sqliteTriggers() (all []string) {
	add := func(name, when, body string) {
		all = append(all, "CREATE TRIGGER "+k.table+"_"+name+" "+when+"\nBEGIN\n"+body+"END")
	}
	const foreign = " WHEN (SELECT own FROM writer) = 0"
	stales := "TRUE"
	if k.name == store.KindAccount {
		row := func(r string) string { return "(" + r + "." + strings.ReplaceAll(shown, ", ", ", "+r+".") + ")" }
		stales = row("OLD") + " IS NOT " + row("NEW")
	}
	touched := func(row, stales string) string {
		return "    INSERT INTO touched VALUES (" + k.of(row) + ", " + stales + ");\n"
	}
	add("inserted", "AFTER INSERT ON "+k.table+foreign, touched("NEW", "TRUE"))
	add("updated", "AFTER UPDATE ON "+k.table+foreign, touched("OLD", stales)+
		"    INSERT INTO touched SELECT "+k.of("NEW")+", TRUE\n"+
		"    WHERE NEW."+k.prefix+"uid IS NOT OLD."+k.prefix+"uid OR NEW."+k.prefix+"cluster IS NOT OLD."+k.prefix+"cluster;\n")
	add("deleted", "AFTER DELETE ON "+k.table+foreign, touched("OLD", "TRUE"))
	for _, a := range k.awaitedOf() {
		freed, left, gone := "    INSERT INTO freed VALUES ("+a.account+", "+a.item+");\n", a.left["sqlite"], ""
		if a.held != "" {
			gone = " WHEN " + a.held
			if strings.Contains(left, " OR ") {
				left = "(" + left + ")"
			}
			left = a.held + " AND " + left
		}
		add(a.name+"_left", "AFTER UPDATE ON "+k.table+" WHEN "+left, freed)
		add(a.name+"_gone", "AFTER DELETE ON "+k.table+gone, freed)
	}
	return append(all, k.sqliteRaises()...)
}

func (k *kind) postgresTriggers() []string {
	var free strings.Builder
	for _, a := range k.awaitedOf() {
		when := "TG_OP <> 'INSERT' AND " + a.held + " AND (TG_OP = 'DELETE' OR " + a.left["postgres"] + ")"
		if a.held == "" {
			when = "TG_OP = 'DELETE' OR TG_OP = 'UPDATE' AND (" + a.left["postgres"] + ")"
		}
		free.WriteString("    IF " + when + " THEN\n        PERFORM account_operator_free(" + a.account + ", " + a.item + ");\n    END IF;\n")
	}
	stales := ""
	if k.name == store.KindAccount {
		stales = ", TG_OP = 'DELETE' OR account_operator_shown(NEW) IS DISTINCT FROM account_operator_shown(OLD)"
	}
	claim := func(row string) string {
		return "(" + row + "." + k.prefix + "cluster, " + row + "." + k.prefix + "uid)"
	}
	touch := func(row, stales string) string { return "account_operator_touch(" + k.of(row) + stales + ")" }
	if k.name == store.KindEnvVarSet { // of a set for many accounts, only the pair with this account is stale
		claim = func(row string) string {
			return "(" + row + ".owner_cluster, " + row + ".owner_uid, " + row + ".account_id)"
		}
		touch = func(row, _ string) string {
			return "account_operator_touch_variable(" + claimText(row+".owner_", "%s") + ", " + row + ".account_id)"
		}
	}
	all := []string{
		`SELECT set_config('search_path', quote_ident(current_schema()) || ', pg_temp', true)`,
		`CREATE FUNCTION account_operator_` + k.table + `_changed() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
BEGIN
` + free.String() + `    IF account_operator_own() THEN
        RETURN NULL;
    END IF;
    IF TG_OP <> 'INSERT' THEN
        PERFORM ` + touch("OLD", stales) + `;
    END IF;
    IF TG_OP = 'INSERT' OR TG_OP = 'UPDATE' AND ` + claim("NEW") + ` IS DISTINCT FROM ` + claim("OLD") + ` THEN
        PERFORM ` + touch("NEW", "") + `;
    END IF;
    RETURN NULL;
END $$`,
		`CREATE TRIGGER ` + k.table + `_changed AFTER INSERT OR UPDATE OR DELETE ON ` + k.table + `
    FOR EACH ROW EXECUTE FUNCTION account_operator_` + k.table + `_changed()`,
	}
	return append(append(all, k.postgresRaises()...), `SELECT account_operator_guard()`)
}
