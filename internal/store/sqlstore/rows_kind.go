package sqlstore

import (
	"fmt"
	"strings"

	"github.com/account-operator/account-operator/internal/store"
)

// rows describes a kind with one row an object, in an account. R is what such a row holds.
type rows[R any] struct {
	*kind

	op    string // in the audit, after Put, Delete and Retain
	ids   string // what the IDs begin with that are drawn
	id    func(*R) *string
	texts []text[R]
	// secrets are where R has what is sealed, and whether that does not open. Nil: nothing is.
	secrets func(*R) (values *map[string]store.Secret, unreadable *bool)

	// What follows from that, written once.
	ops   struct{ put, delete, retain string }
	words struct{ get, put, delete string } // what an error says was attempted
	sql   struct{ get, ofAccount, lock, retained, take, upsert, held, delete, retain string }
}

// stored is a row, and what only the table has of it.
type stored[R any] struct {
	value            R
	account, version int64
	sealed           []byte
}

// text is a column for a text, and where R has that.
type text[R any] struct {
	column string
	of     func(*R) *string
	field  string // as an error calls it; made of the column
}

// Where an object that is applied once more finds what it retained.
const retainedColumns = "retained_cluster, retained_namespace, retained_namespace_uid, retained_name"

func newRows[R any](k kind, t rows[R]) *rows[R] {
	k.key, k.inAccount = "id", true
	own := "id, account_id"
	for n, text := range t.texts {
		t.texts[n].field = camel(text.column)
		own += ", " + text.column
	}
	own += ", version"
	k.columns = claimColumns + ", " + own + ", created_at, " + retainedColumns
	t.kind = k.described()
	if k.secret != "" {
		own += ", " + k.secret
	}
	t.ops.put, t.ops.delete, t.ops.retain = "Put"+t.op, "Delete"+t.op, "Retain"+t.op
	t.words.get, t.words.put, t.words.delete = "reading the "+k.noun, "storing the "+k.noun, "removing the "+k.noun
	t.write(own)
	return &t
}

// write writes the statements. own are the columns but for those of claims.
func (t *rows[R]) write(own string) {
	const noRetained = `retained_cluster = NULL, retained_namespace = NULL, retained_namespace_uid = NULL, retained_name = NULL`
	t.sql.get = `SELECT ` + own + ` FROM ` + t.table + ` WHERE ` + t.kind.texts.own
	t.sql.ofAccount = heldBy(t.table, t.key, t.ofAccount())
	t.sql.lock = t.sql.get + ` FOR UPDATE`
	t.sql.retained = `SELECT ` + own + ` FROM ` + t.table + ` WHERE account_id = ` + liveAccount + ` AND uid IS NULL
		AND retained_cluster = $3 AND retained_namespace = $4 AND retained_namespace_uid = $5 AND retained_name = $6
		ORDER BY version DESC LIMIT 1 FOR UPDATE`
	t.sql.take = `UPDATE ` + t.table + ` SET cluster = $1, namespace = $2, namespace_uid = $3, name = $4, uid = $5, ` + noRetained + ` WHERE id = $6`
	columns := strings.Split(claimColumns+", "+own, ", ")
	values, updates := make([]string, len(columns)), []string{}
	for n, column := range columns {
		values[n] = fmt.Sprintf("$%d", n+1)
		if n > 5 { // after the claim and the ID
			updates = append(updates, column+` = excluded.`+column)
		}
	}
	t.sql.upsert = `INSERT INTO ` + t.table + ` (` + strings.Join(columns, ", ") + `) VALUES (` + strings.Join(values, ", ") + `)
		ON CONFLICT (id) DO UPDATE SET ` + strings.Join(updates, ", ")
	t.sql.held = `SELECT EXISTS (SELECT 1 FROM ` + t.table + ` WHERE ` + t.kind.texts.own + `),
		EXISTS (SELECT 1 FROM applied WHERE cluster = $1 AND uid = $2 AND kind = $3)
		OR EXISTS (SELECT 1 FROM waits WHERE cluster = $1 AND uid = $2 AND kind = $3)`
	t.sql.delete = `DELETE FROM ` + t.table + ` WHERE ` + t.kind.texts.own
	t.sql.retain = `UPDATE ` + t.table + ` SET retained_cluster = cluster, retained_namespace = namespace,
		retained_namespace_uid = namespace_uid, retained_name = name, ` + t.kind.texts.unclaim + ` WHERE ` + t.kind.texts.own
}

// ofAccount are the same columns for a reader, which are empty where an account has no row.
func (t *rows[R]) ofAccount() string {
	columns := "coalesce(k.id, ''), a.id"
	for _, text := range t.texts {
		columns += ", coalesce(k." + text.column + ", '')"
	}
	columns += ", coalesce(k.version, 0)"
	if t.secret != "" {
		columns += ", k." + t.secret
	}
	return columns
}

func (t *rows[R]) scan(s *stored[R]) func(row) error {
	return func(r row) error {
		into := append(make([]any, 0, len(t.texts)+4), t.id(&s.value), &s.account)
		for _, text := range t.texts {
			into = append(into, text.of(&s.value))
		}
		into = append(into, &s.version)
		if t.secrets != nil {
			into = append(into, &s.sealed)
		}
		return r.Scan(into...)
	}
}

// place is what the sealed value of a row is bound to.
func (t *rows[R]) place(s *stored[R]) []byte {
	return place(s.account, t.table, *t.id(&s.value), s.version)
}

func (t *rows[R]) check(want *R) error {
	for _, text := range t.texts {
		if err := checkText(text.field, *text.of(want), maxLeafSize); err != nil {
			return err
		}
	}
	if t.secrets == nil {
		return nil
	}
	size := 0
	values, _ := t.secrets(want)
	for field, secret := range *values {
		size += len(field) + secret.Len()
	}
	if size > maxValueSize {
		return &store.InvalidError{Field: t.secret, Reason: "are too long"}
	}
	return nil
}

// camel is a column as its field is called.
func camel(column string) string {
	first, rest, more := strings.Cut(column, "_")
	if !more {
		return first
	}
	next := camel(rest)
	return first + strings.ToUpper(next[:1]) + next[1:]
}
