package sqlstore

import "strings"

// account is the column by which a row of the kind belongs to an account.
func (k *kind) account() string {
	if k.inAccount {
		return "account_id"
	}
	return "id"
}

// sqliteRaises raise the revision of each account of which a row changes, whoever writes.
func (k *kind) sqliteRaises() []string {
	trigger := func(op, body string) string {
		return "CREATE TRIGGER " + k.table + "_raise_" + strings.ToLower(op) + " AFTER " + op + " ON " + k.table + "\nBEGIN\n" + body + "END"
	}
	of := func(row string) string {
		return "    INSERT INTO raises VALUES (" + row + "." + k.account() + ");\n"
	}
	moved := "    INSERT INTO raises SELECT NEW." + k.account() + " WHERE NEW." + k.account() + " <> OLD." + k.account() + ";\n"
	return []string{trigger("INSERT", of("NEW")), trigger("UPDATE", of("OLD")+moved), trigger("DELETE", of("OLD"))}
}

// postgresRaises do it once a statement.
func (k *kind) postgresRaises() []string {
	function := "account_operator_" + k.table + "_raise"
	raise := func(op, rows string) string {
		return ` TG_OP = '` + op + `' THEN
        INSERT INTO account_revisions (account_id, changed)
        SELECT DISTINCT ` + k.account() + `, pg_current_xact_id() FROM ` + rows + ` ON CONFLICT DO NOTHING;
`
	}
	trigger := func(op, when, sees string) string {
		return `CREATE TRIGGER ` + k.table + `_raise_` + strings.ToLower(op) + ` ` + when + ` ` + op + ` ON ` + k.table + sees + `
    FOR EACH STATEMENT EXECUTE FUNCTION ` + function + `()`
	}
	const both = "(TABLE old_rows UNION ALL TABLE new_rows) AS r"
	return []string{
		`CREATE FUNCTION ` + function + `() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
BEGIN
    IF` + raise("INSERT", "new_rows") + `    ELSIF` + raise("UPDATE", both) + `    ELSIF` + raise("DELETE", "old_rows") +
			`    ELSIF` + raise("TRUNCATE", k.table) + `    END IF;
    RETURN NULL;
END $$`,
		trigger("INSERT", "AFTER", " REFERENCING NEW TABLE AS new_rows"),
		trigger("UPDATE", "AFTER", " REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows"),
		trigger("DELETE", "AFTER", " REFERENCING OLD TABLE AS old_rows"),
		trigger("TRUNCATE", "BEFORE", ""),
	}
}
