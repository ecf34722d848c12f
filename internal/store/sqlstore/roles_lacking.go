package sqlstore

import (
	"context"
	"fmt"
	"strings"
)

// lacking names the first rights of a list, each on one table, that the database user has not got.
func (s *Store) lacking(ctx context.Context, rights []right) ([]string, error) {
	var wanted []string
	for _, r := range rights {
		for _, verb := range []struct{ name, columns string }{{"SELECT", r.reads}, {"INSERT", r.inserts}, {"UPDATE", r.updates}} {
			for column := range strings.SplitSeq(verb.columns, ", ") {
				if column != "" {
					wanted = append(wanted, fmt.Sprintf("('%s', '%s', '%s')", r.tables, column, verb.name))
				}
			}
		}
		if r.deletes {
			wanted = append(wanted, fmt.Sprintf("('%s', '', 'DELETE')", r.tables))
		}
	}
	lacks, err := s.texts(ctx, `SELECT may || ' of ' || of || CASE field WHEN '' THEN '' ELSE '.' || field END
		FROM (VALUES `+strings.Join(wanted, ", ")+`) AS wanted (of, field, may)
		WHERE NOT CASE field WHEN '' THEN has_table_privilege(of, may) ELSE has_column_privilege(of, field, may) END ORDER BY of, field, may LIMIT 5`)
	return lacks, doing("looking at the rights of the database user", err)
}

// Lacks names the first rights of Roles.Reader that the database user has not got, as those on tables of a migration since which nobody
// gave the roles their rights. Of a schema that is older than this binary nothing is known.
func (r *Reader) Lacks(ctx context.Context) ([]string, error) {
	if r.store.engine.name() != "postgres" {
		return nil, nil
	}
	if version, err := r.store.version(ctx); err != nil || version != newestVersion {
		return nil, err
	}
	return r.store.lacking(ctx, readerRights)
}
