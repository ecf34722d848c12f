package sqlstore

import (
	"regexp"
	"strconv"
)

// start is drawn when the file is opened, since it can be put back to an older state while nobody has it open.
func (e *sqliteEngine) start() string { return `'` + e.drawn + `'` }

var number = regexp.MustCompile(`^[0-9]{1,18}$`)

func (e *sqliteEngine) isCursor(text string) bool { return number.MatchString(text) }

// changedSince goes by a number that only grows, since one writes after the other.
func (e *sqliteEngine) changedSince(from string, most int, into *changed) statement {
	into.next = from
	note := func(r row) error {
		var account, changed int64
		err := r.Scan(&account, &changed)
		into.accounts, into.next = append(into.accounts, account), strconv.FormatInt(changed, 10)
		return err
	}
	if from == "" {
		return query(func(r row) error { return r.Scan(&into.next) }, `SELECT CAST(coalesce(max(changed), 0) AS TEXT) FROM account_revisions`)
	}
	return query(note, `SELECT account_id, changed FROM account_revisions WHERE changed > $1 ORDER BY changed LIMIT $2`, from, most)
}

// addUp has nothing to do: there is one row an account.
func (e *sqliteEngine) addUp(int64, int, func(row) error) []statement { return nil }
