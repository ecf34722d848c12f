package sqlstore

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"strconv"
	"strings"
)

// dumpedTable is a table, what sorts its rows, the columns that are shown, and the one of which only the length is.
type dumpedTable struct{ table, order, columns, secret string }

// dumped are the tables in the order in which a reader wants them.
var dumped = append(dumpedKinds(), []dumpedTable{
	{"pending_addresses", "account_id", "account_id, email, email_key", ""},
	{"notification_prefs", "account_id, type", "account_id, type, email", ""},
	{"teams", "id", "id, name, owner_id, created_at", ""},
	{"team_members", "team_id, account_id", "team_id, account_id, role", ""},
	{"machines", "id", "id, account_id, team_id, created_at", ""},
	{"clusters", "id", "id, account_id, team_id, created_at", ""},
	{"instances", "id", "id, account_id, team_id, created_at", ""},
	{"volumes", "id", "id, account_id, team_id, created_at", ""},
	{"account_revisions", "account_id, changed", "account_id, changed, raised", ""},
	{"mails", "created_at, id", "id, account_id, kind, recipient, new_address, state, attempts, due_at, taken_lease, taken_epoch, reason, created_at, origin, sent_at, flow, turn, session_id", ""},
	{"mail_turns", "cluster, lease", "cluster, lease, turn", ""},
	{"mail_budgets", "origin, bucket", "origin, bucket, began, used", ""},
	{"mail_salt", "id", "id", "value"},
	{"links", "account_id, expires_at", "account_id, purpose, email_key, expires_at", "hash"},
	{"actions", "cluster, uid", "cluster, uid, account_id, type, at, refused, retry_after", ""},
	{"factors", "account_id, id", "account_id, id, method, name, version, last_step, created_at", "seed"},
	{"factor_attempts", "account_id", "account_id, attempts, locked_until", ""},
	{"backup_codes", "account_id", "account_id", "hash"},
	{"sessions", "account_id, created_at, id", "id, account_id, incarnation, awaits_code, created_at, used_at, proved_at, peer, user_agent", "hash"},
	{"known_browsers", "account_id, used_at", "account_id, used_at", "hash"},
	{"api_keys", "account_id, created_at, id", "id, account_id, incarnation, name, last_four, rights, created_at, used_at, expires_at, ended_at, factor_until", "hash"},
	{"api_sessions", "key_id, expires_at", "key_id, expires_at", "hash"},
	{"provider_subjects", "issuer, subject", "issuer, subject, account_id, incarnation, bound_at", ""},
	{"reader_keys", "name, created_at, id", "id, name, rights, accounts, created_at, expires_at", "hash"},
	{"reader_tokens", "account_id, expires_at", "account_id, rights, made_by, expires_at", "hash"},
	{"reader_revocations", "id", "id, count", ""},
	{"reader_reads", "account_id, hour, reader", "account_id, hour, reader, reads", ""},
	{"identity", "id", "id, store_id, incarnation, mark, put_back_to, vouched", ""},
	{"status_key", "id", "id", "value"},
	{"leaders", "cluster, lease", "cluster, lease, epoch, signed", "token"},
	{"applied", "cluster, kind, uid", claimColumns + ", kind, generation, record, stale, leaves", ""},
	{"applied_pairs", "cluster, uid, account_id", "cluster, uid, account_id, generation, record, stale, leaves", ""},
	{"waits", "cluster, kind, uid", claimColumns + ", kind, account_id, item", ""},
	{"changes", "id", claimColumns + ", id, lease, kind, at", ""},
	{"audit", "id", claimColumns + ", id, at, kind, generation, op, account_id, names", ""},
	{"seal_check", "id", "id", "value"},
}...)

func dumpedKinds() (all []dumpedTable) {
	for _, k := range kinds {
		all = append(all, dumpedTable{k.table, cmp.Or(k.order, k.key), k.columns, k.secret})
	}
	return all
}

// Dump writes every row as a line of text: its table, then each column that is not empty. Sealed columns, and hashes, show their
// length; so do unsealed ones, since a dump gets passed around.
func (s *Store) Dump(ctx context.Context, w io.Writer) error {
	for _, d := range dumped {
		text, names := dumpText(d.columns, d.secret)
		line := func(r row) error { return dumpRow(w, d.table, d.secret, names, r) }
		if err := s.engine.read(ctx, query(line, text+" FROM "+d.table+" ORDER BY "+d.order)); err != nil {
			return doing("dumping "+d.table, err)
		}
	}
	return nil
}

func dumpText(columns, secret string) (text string, names []string) {
	var parts []string
	for name := range strings.SplitSeq(columns, ", ") {
		names = append(names, name)
		parts = append(parts, "coalesce(CAST("+name+" AS TEXT), '')")
	}
	if secret != "" {
		names = append(names, secret)
		parts = append(parts, "coalesce(CAST(length("+secret+") AS TEXT), '')")
	}
	return "SELECT " + strings.Join(parts, ", "), names
}

func dumpRow(w io.Writer, table, secret string, names []string, r row) error {
	cells, into := make([]string, len(names)), make([]any, len(names))
	for n := range cells {
		into[n] = &cells[n]
	}
	if err := r.Scan(into...); err != nil {
		return err
	}
	line := []string{table}
	for n, cell := range cells {
		switch {
		case names[n] == secret && cell != "":
			line = append(line, names[n]+"=sealed("+cell+" bytes)")
		case strings.ContainsAny(cell, " \t\r\n\"="):
			line = append(line, names[n]+"="+strconv.Quote(cell))
		case cell != "":
			line = append(line, names[n]+"="+cell)
		}
	}
	_, err := fmt.Fprintln(w, strings.Join(line, " "))
	return err
}
