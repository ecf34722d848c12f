package sqlstore_test

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"
)

// A connection keeps the plan of a statement. One that was made while the tables were empty must not read all of a table, or of
// an index, when they have grown: each call would cost more than the one before, until the server looks at its tables by itself.
func TestPostgresPlans_MadeOnEmptyTables_AreGoodWhenFull(t *testing.T) {
	address, foreign := newPostgres(t)
	o := options(t)
	o.MaxConnections = 1
	s := open(t, address, o)
	calls := raise(t, s, foreign, 300)
	closeStore(t, s) // a connection that ends has reported what it did
	counts, err := foreign.rows(`SELECT relname, seq_tup_read FROM pg_stat_user_tables
		UNION ALL SELECT indexrelname, idx_tup_read FROM pg_stat_user_indexes`)
	must(t, err)
	for _, count := range counts {
		const fair = 10 // rows for each call
		if read, err := strconv.Atoi(count[1]); err != nil || read > fair*calls {
			t.Errorf("%s rows of %s were read by %d calls", count[1], count[0], calls)
		}
	}
}

// allowedScans have an end: a constant, a table of one row, mails in the order in which they wait, the first rows of the audit, what a
// view found by its indexes.
var allowedScans = regexp.MustCompile(`^SCAN (CONSTANT ROW|\d+-ROW VALUES CLAUSE|writer|identity|reader_revocations|m USING INDEX mails_waiting|oldest|audit|ranked|dependents|\(subquery-\d+\))$`)

var parameter = regexp.MustCompile(`\?\d+`)

// A write of one account looks up rows, and reads no table. SQLite has one writer: all others would wait.
func TestSQLitePlans_Writes_ScanNoTable(t *testing.T) {
	address, foreign := newSQLite(t)
	s := open(t, address, options(t))
	raise(t, s, foreign, 3)
	texts := s.Compiled()
	if len(texts) < 50 {
		t.Fatalf("%d statements", len(texts))
	}
	for _, text := range texts {
		steps, err := foreign.rows(`EXPLAIN QUERY PLAN ` + parameter.ReplaceAllString(text, "NULL"))
		must(t, err)
		for _, step := range steps {
			if what := step[len(step)-1]; strings.HasPrefix(what, "SCAN ") && !allowedScans.MatchString(what) {
				t.Errorf("%s\n  in %s", what, text)
			}
		}
	}
}

// However many mails are due, a batch of them is read in the order of their turns, and not all to sort them.
func TestPostgresPlans_BatchOfMails_CostsTheSameHoweverManyAreDue(t *testing.T) {
	address, foreign := newPostgres(t)
	o := options(t)
	o.MaxConnections = 1
	s := open(t, address, o)
	fenced := filled(t, s)
	must(t, foreign.exec(`INSERT INTO mails (account_id, kind, recipient)
		SELECT id, 'FactorReset', 'a' || n || '@example.com' FROM accounts, generate_series(1, 3000) n WHERE uid = 'alice'`))
	const batch = 20
	mails, _, err := fenced.TakeMails(t.Context(), true, batch, time.Minute)
	must(t, err)
	if len(mails) != batch {
		t.Fatalf("%d mails", len(mails))
	}
	closeStore(t, s)
	counts, err := foreign.rows(`SELECT idx_tup_read FROM pg_stat_user_indexes WHERE indexrelname = 'mails_waiting'
		UNION ALL SELECT seq_tup_read FROM pg_stat_user_tables WHERE relname = 'mails'`)
	must(t, err)
	for n, most := range []int{3 * batch, 0} {
		if read, err := strconv.Atoi(counts[n][0]); err != nil || read > most {
			t.Errorf("%s rows were read for a batch of %d", counts[n][0], batch)
		}
	}
}

func TestSQLitePlans_BatchOfMails_IsNotSorted(t *testing.T) {
	address, foreign := newSQLite(t)
	s := open(t, address, options(t))
	raise(t, s, foreign, 3)
	orders := 0
	for _, text := range s.Compiled() {
		if !strings.Contains(text, "ORDER BY m.turn") {
			continue
		}
		orders++
		steps, err := foreign.rows(`EXPLAIN QUERY PLAN ` + parameter.ReplaceAllString(text, "NULL"))
		must(t, err)
		plan := fmt.Sprint(steps)
		if !strings.Contains(plan, "USING INDEX mails_waiting") || strings.Contains(plan, "TEMP B-TREE") {
			t.Errorf("%s\n  in %s", plan, text)
		}
	}
	if orders == 0 {
		t.Error("void: no statement takes mails in their order")
	}
}
