package sqlstore

import (
	"strconv"
	"strings"
	"time"
)

// xipMost is how many transactions under way a cursor names. Beyond that it names none, and changes since the oldest are reported again.
const xipMost = 200

// revisionsKept is for how long who was away finds what changed meanwhile, at least.
const revisionsKept = time.Hour

func (e *postgresEngine) start() string { return e.instance() }

// isCursor is as strict as the server, to which the text goes.
func (e *postgresEngine) isCursor(text string) bool {
	parts := strings.Split(text, ":")
	if len(parts) != 3 {
		return false
	}
	oldest, newest := transactionID(parts[0]), transactionID(parts[1])
	if oldest == 0 || newest < oldest {
		return false
	}
	last := oldest
	for part := range strings.SplitSeq(parts[2], ",") {
		running := transactionID(part)
		if parts[2] != "" && (running < last || running >= newest) {
			return false
		}
		last = running
	}
	return true
}

// transactionID is 0 for what is none.
func transactionID(text string) uint64 {
	id, _ := strconv.ParseUint(text, 10, 63)
	return id
}

// changedSince goes by the snapshot that the cursor was given in: it lacks what was under way then, whenever that ends. Nobody has to wait
// for a transaction that stays open, as those do who go by the oldest that runs.
func (e *postgresEngine) changedSince(from string, most int, into *changed) statement {
	const since = ` FROM account_revisions, c WHERE account_revisions.changed `
	return query(func(r row) error {
		err := r.Scan(&into.next, &into.gone, &into.accounts)
		into.next = shortened(into.next)
		return err
	}, `WITH c AS MATERIALIZED (SELECT pg_snapshot_xmin(s) AS oldest, pg_snapshot_xmax(s) AS newest, s
			FROM CAST(coalesce(nullif(CAST($1 AS TEXT), ''), CAST(pg_current_snapshot() AS TEXT)) AS pg_snapshot) AS s)
		SELECT CAST(pg_current_snapshot() AS TEXT), (SELECT oldest < since FROM c, revisions_kept), ARRAY(
			SELECT account_id`+since+`>= c.newest
			UNION SELECT account_id`+since+`= ANY (ARRAY(SELECT pg_snapshot_xip(s) FROM c)) LIMIT $2)`,
		from, most)
}

func shortened(snapshot string) string {
	oldest, rest, _ := strings.Cut(snapshot, ":")
	if strings.Count(rest, ",") < xipMost {
		return snapshot
	}
	return oldest + ":" + oldest + ":"
}

// addUp deletes and updates rows of transactions that ended an hour ago, which nobody else writes.
func (e *postgresEngine) addUp(after int64, most int, each func(row) error) []statement {
	return []statement{
		exec(`UPDATE revisions_kept SET since = next, next = pg_snapshot_xmin(pg_current_snapshot()), at = now() WHERE at < $1`,
			stamp(time.Now().Add(-revisionsKept))),
		query(each, `WITH old AS MATERIALIZED (
				SELECT account_id, max(changed) AS newest, sum(raised) AS total, count(*) AS count FROM account_revisions
				WHERE account_id > $1 AND changed < (SELECT since FROM revisions_kept) GROUP BY account_id ORDER BY account_id LIMIT $2),
			deleted AS (DELETE FROM account_revisions r USING old WHERE count > 1 AND r.account_id = old.account_id AND r.changed < newest),
			kept AS (UPDATE account_revisions r SET raised = total FROM old
				WHERE count > 1 AND r.account_id = old.account_id AND r.changed = newest)
			SELECT coalesce(max(account_id), 0), count(*) FROM old`, after, most),
	}
}
