package sqlstore

// statement is one step that a transaction or a read sends. Text is written once for both dialects: PostgreSQL's
// placeholders and row locks, which SQLite's engine translates.
type statement struct {
	text string
	args []any
	each func(row) error // called with every row; nil when none is expected
	// audits says that it writes a row of the audit, by which a commit is known again.
	audits bool
}

type row interface{ Scan(dest ...any) error }

func exec(text string, args ...any) statement { return statement{text: text, args: args} }

func query(each func(row) error, text string, args ...any) statement {
	return statement{text: text, args: args, each: each}
}
