package sqlstore

import (
	"context"
	"crypto/rand"
	"database/sql"
	"errors"
	"net/url"
	"os"
	"regexp"
	"strconv"
	"strings"

	"github.com/pressly/goose/v3"

	"github.com/account-operator/account-operator/internal/store"
)

// sqliteEngine keeps one connection for writing, since SQLite has one writer at a time and waiting for a turn in Go
// obeys the context, and some for reading, which never wait for the writer.
type sqliteEngine struct {
	path   string
	lock   *os.File      // nil when opened without
	writer *sqliteWriter // nil when opened for reading alone
	reader *sqliteReader
	drawn  string // by who opened it
	opened string // the same of the manager that holds the lock; empty for who works beside it
}

func openSQLite(ctx context.Context, path string, o Options) (*sqliteEngine, error) {
	e := &sqliteEngine{path: path, drawn: rand.Text()}
	if !o.WithoutLock {
		e.opened = e.drawn
	}
	err := e.open(ctx, o)
	if err == nil {
		return e, nil
	}
	_ = e.close()
	if startup := (*store.StartupError)(nil); errors.As(err, &startup) {
		return nil, err
	}
	return nil, startupError("the store file "+path+" cannot be used: "+sqliteError(ctx, err).Error(), "check the file and its folder")
}

func (e *sqliteEngine) open(ctx context.Context, o Options) (err error) {
	if e.lock, err = prepareFile(e.path, o.WithoutLock); err != nil {
		return err
	}
	reading := "_pragma=query_only(1)"
	if o.readOnly {
		reading += "&mode=ro"
	} else if e.writer, err = openWriter(ctx, e.source("_pragma=journal_mode(WAL)")); err != nil {
		return err
	}
	e.reader, err = openReader(e.source(reading))
	return err
}

// source is the driver's name for the file. FULL makes every acknowledged commit survive a loss of power; secure_delete
// keeps what was purged from staying in free pages.
func (e *sqliteEngine) source(extra string) string {
	file := url.URL{Path: e.path}
	return "file:" + file.EscapedPath() + "?_pragma=busy_timeout(5000)&_pragma=synchronous(FULL)&_pragma=foreign_keys(1)" +
		"&_pragma=temp_store(MEMORY)&_pragma=secure_delete(1)&" + extra
}

func (e *sqliteEngine) name() string { return "sqlite" }

func (e *sqliteEngine) ping(ctx context.Context) error { return e.read(ctx, exec(`SELECT 1`)) }

func (e *sqliteEngine) read(ctx context.Context, steps ...statement) error {
	for _, s := range steps {
		if err := e.reader.run(ctx, s); err != nil {
			return err
		}
	}
	return nil
}

func (e *sqliteEngine) begin(ctx context.Context, as author) (transaction, error) {
	return e.writer.begin(ctx, as)
}

func (e *sqliteEngine) fence(l lead) statement {
	return query(func(r row) error {
		var holds bool
		if err := r.Scan(&holds); err != nil {
			return err
		}
		if !holds {
			return store.ErrFenced
		}
		return nil
	}, `SELECT EXISTS (SELECT 1 FROM leaders WHERE cluster = $1 AND lease = $2 AND epoch = $3 AND token = $4)`,
		l.cluster, l.lease, l.epoch, hashOf(l.token))
}

// overtake waits for its turn as every writer does.
func (e *sqliteEngine) overtake(ctx context.Context, steps ...statement) error {
	tx, err := e.begin(ctx, noLeader)
	if err != nil {
		return err
	}
	defer tx.rollback()
	return tx.commit(ctx, steps...)
}

func (e *sqliteEngine) migrations(ctx context.Context) (*migrator, error) {
	db, err := sql.Open("sqlite", e.source("_txlock=immediate"))
	if err != nil {
		return nil, err
	}
	return &migrator{ctx: ctx, db: db, dialect: goose.DialectSQLite3, release: db.Close}, nil
}

// A file that is open cannot be put back to an older state: whoever puts another one in its place takes the name, and whoever writes
// over it breaks it. So there is nothing to look for until it is opened again.
func (e *sqliteEngine) witness([]statement) *witness          { return nil }
func (e *sqliteEngine) putBack(context.Context) (bool, error) { return false, nil }
func (e *sqliteEngine) isPutBack() bool                       { return false }
func (e *sqliteEngine) saw(int, store.Commit)                 { /* see above */ }
func (e *sqliteEngine) present() int                          { return 0 }
func (e *sqliteEngine) goOn(store.Commit)                     { /* see above */ }

// instance is the manager that has the file open: only while none has can another be put in its place. Who works beside it takes its word.
func (e *sqliteEngine) instance() string {
	if e.opened == "" {
		return `coalesce(vouched, '')`
	}
	return `'` + e.opened + `'`
}

func (e *sqliteEngine) skipIDs(past int64) []statement {
	return []statement{
		exec(`INSERT INTO sqlite_sequence (name, seq) SELECT 'accounts', 0 WHERE NOT EXISTS (SELECT 1 FROM sqlite_sequence WHERE name = 'accounts')`),
		exec(`UPDATE sqlite_sequence SET seq = max(seq, $1) WHERE name = 'accounts'`, past),
	}
}

func (e *sqliteEngine) hasTable() string {
	return `SELECT EXISTS (SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = $1)`
}

func (e *sqliteEngine) damages(ctx context.Context) (all []string, err error) {
	note := func(r row) error {
		var finding string
		err := r.Scan(&finding)
		if finding != "ok" {
			all = append(all, finding)
		}
		return err
	}
	err = e.read(ctx, query(note, `PRAGMA integrity_check(20)`),
		query(note, `SELECT DISTINCT 'a row of ' || "table" || ' refers to one of ' || parent || ' that is missing' FROM pragma_foreign_key_check`))
	return all, err
}

func (e *sqliteEngine) close() error {
	var errs []error
	if e.reader != nil {
		errs = append(errs, e.reader.close())
	}
	if e.writer != nil {
		errs = append(errs, e.writer.close())
	}
	if e.lock != nil {
		errs = append(errs, e.lock.Close()) // frees the lock; the file stays, for removing it would race with the next holder
	}
	return errors.Join(errs...)
}

func eachRow(ctx context.Context, rows *sql.Rows, each func(row) error) error {
	defer func() { _ = rows.Close() }()
	for rows.Next() {
		if each == nil {
			continue
		}
		if err := each(rows); err != nil {
			return err
		}
	}
	return sqliteError(ctx, rows.Err())
}

// sqliteStatement translates, and leaves out the numbers of parameters that stand once and in order: those that have one are searched for
// one by one at each call.
func sqliteStatement(text string) string {
	text = sqliteText.Replace(text)
	count, largest := map[string]int{}, 0
	for _, p := range sqliteParameter.FindAllString(text, -1) {
		count[p]++
	}
	return sqliteParameter.ReplaceAllStringFunc(text, func(p string) string {
		n, _ := strconv.Atoi(p[1:])
		next := n == largest+1 && count[p] == 1
		largest = max(largest, n)
		if next {
			return "?"
		}
		return p
	})
}

var sqliteParameter = regexp.MustCompile(`\?[0-9]+`)

// sqliteText translates our texts, which never hold these characters in a literal. A write locks the whole file, so that
// locks on rows are not needed.
var sqliteText = strings.NewReplacer("$", "?", " FOR UPDATE OF m", "",
	" FOR UPDATE SKIP LOCKED", "", " FOR UPDATE", "", " FOR SHARE", "")
