package sqlstore

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
)

// notCopied are tables that a database has for itself: how far its schema is, who writes, and by which numbers of its own a reader knows that an
// account changed.
var notCopied = []string{"goose_db_version", "writer", "queues", "migrating", "account_revisions", "revisions_kept"}

// copiedTable is a table of both dialects, with the columns that are written, and their types in PostgreSQL.
type copiedTable struct {
	name           string
	columns, types []string
	identity       string // the column whose numbers the database gives out; empty: none
	single         bool   // its one row is there from the migrations
}

func (c copiedTable) list() string { return strings.Join(c.columns, ", ") }

// tables are those that are copied, each after those that it refers to.
func (t *target) tables(ctx context.Context) (all []copiedTable, err error) {
	known := map[string]*copiedTable{}
	var names []string
	rows, err := t.conn.Query(ctx, `SELECT c.table_name, c.column_name, c.data_type, c.is_identity = 'YES',
			EXISTS (SELECT 1 FROM pg_constraint k WHERE k.conrelid = to_regclass(quote_ident(c.table_name))
				AND pg_get_constraintdef(k.oid) = 'CHECK ((id = 1))')
		FROM information_schema.columns c JOIN information_schema.tables b USING (table_schema, table_name)
		WHERE c.table_schema = current_schema() AND b.table_type = 'BASE TABLE' AND c.is_generated = 'NEVER' AND NOT c.table_name = ANY ($1)
		ORDER BY c.table_name, c.ordinal_position`, notCopied)
	if err != nil {
		return nil, postgresError(ctx, err)
	}
	defer rows.Close()
	for rows.Next() {
		var table, column, is string
		var identity, single bool
		if err := rows.Scan(&table, &column, &is, &identity, &single); err != nil {
			return nil, postgresError(ctx, err)
		}
		if known[table] == nil {
			known[table] = &copiedTable{name: table, single: single}
			names = append(names, table)
		}
		k := known[table]
		k.columns, k.types = append(k.columns, column), append(k.types, is)
		if identity {
			k.identity = column
		}
	}
	if err := rows.Err(); err != nil {
		return nil, postgresError(ctx, err)
	}
	refers, err := t.references(ctx)
	if err != nil {
		return nil, err
	}
	for len(names) > 0 {
		ready := slices.IndexFunc(names, func(name string) bool {
			return !slices.ContainsFunc(refers[name], func(to string) bool { return slices.Contains(names, to) })
		})
		if ready < 0 {
			return nil, errors.New("tables refer to each other in a circle")
		}
		all = append(all, *known[names[ready]])
		names = slices.Delete(names, ready, ready+1)
	}
	return all, nil
}

// references say which other tables each table refers to.
func (t *target) references(ctx context.Context) (map[string][]string, error) {
	rows, err := t.conn.Query(ctx, `SELECT f.relname, p.relname FROM pg_constraint k
		JOIN pg_class f ON f.oid = k.conrelid JOIN pg_class p ON p.oid = k.confrelid
		WHERE k.contype = 'f' AND f.oid <> p.oid AND f.relnamespace = to_regnamespace(current_schema())`)
	if err != nil {
		return nil, postgresError(ctx, err)
	}
	defer rows.Close()
	refers := map[string][]string{}
	for rows.Next() {
		var from, to string
		if err := rows.Scan(&from, &to); err != nil {
			return nil, postgresError(ctx, err)
		}
		refers[from] = append(refers[from], to)
	}
	return refers, postgresError(ctx, rows.Err())
}

// digest is of the rows of a table, in whatever order they come: no two are the same.
type digest struct {
	rows int
	sum  [sha256.Size]byte
}

func (d *digest) add(values []any) {
	hash := sha256.New()
	for _, v := range values {
		switch v := v.(type) {
		case time.Time:
			fmt.Fprintf(hash, "time %d,", v.UnixMicro())
		case int32, int64:
			fmt.Fprintf(hash, "number %d,", v)
		default:
			fmt.Fprintf(hash, "%T %q,", v, v)
		}
	}
	d.rows++
	for n, b := range hash.Sum(nil) {
		d.sum[n] ^= b
	}
}
