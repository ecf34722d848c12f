package main

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"strings"
)

// returnsRows judges by a statement's words whether it returns rows: a driver asked for rows does not say how many it
// changed.
func returnsRows(statement string) bool {
	words := strings.Fields(strings.ToUpper(statement))
	if len(words) == 0 {
		return false
	}
	switch words[0] {
	case "SELECT", "WITH", "VALUES", "PRAGMA", "EXPLAIN", "SHOW", "TABLE":
		return true
	}
	for _, word := range words {
		if word == "RETURNING" {
			return true
		}
	}
	return false
}

func printChanged(ctx context.Context, db *sql.DB, statement string, out io.Writer) error {
	result, err := db.ExecContext(ctx, statement)
	if err != nil {
		return err
	}
	changed, err := result.RowsAffected()
	if err != nil {
		return err
	}
	rows := "rows"
	if changed == 1 {
		rows = "row"
	}
	_, err = fmt.Fprintln(out, changed, rows, "changed")
	return err
}

func printRows(ctx context.Context, db *sql.DB, statement string, out io.Writer) (err error) {
	rows, err := db.QueryContext(ctx, statement)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	columns, err := rows.Columns()
	if err != nil {
		return err
	}
	cells, into := make([]any, len(columns)), make([]any, len(columns))
	for n := range cells {
		into[n] = &cells[n]
	}
	for rows.Next() {
		if err := rows.Scan(into...); err != nil {
			return err
		}
		if _, err := fmt.Fprintln(out, line(cells)); err != nil {
			return err
		}
	}
	return rows.Err()
}

func line(cells []any) string {
	texts := make([]string, len(cells))
	for n, cell := range cells {
		switch value := cell.(type) {
		case nil:
			texts[n] = "NULL"
		case []byte:
			texts[n] = fmt.Sprintf("(%d bytes)", len(value))
		default:
			texts[n] = fmt.Sprint(value)
		}
	}
	return strings.Join(texts, "\t")
}
