package sqlstore

import "strings"

// right is what a role may do with some tables: which columns it may read, give a value in a new row, and change, and whether it may delete
// rows. A column of another name is out of its reach.
type right struct {
	tables, reads, inserts, updates string
	deletes                         bool
}

// everything stands for all columns.
const everything = "*"

func (r right) grant(role string) string {
	var may []string
	for _, verb := range []struct{ name, columns string }{{"SELECT", r.reads}, {"INSERT", r.inserts}, {"UPDATE", r.updates}} {
		switch verb.columns {
		case "":
		case everything:
			may = append(may, verb.name)
		default:
			may = append(may, verb.name+" ("+verb.columns+")")
		}
	}
	if r.deletes {
		may = append(may, "DELETE")
	}
	return "GRANT " + strings.Join(may, ", ") + " ON " + r.tables + " TO " + quoted(role)
}

// serviceRights are those of the cloud's services.
var serviceRights = []right{
	{tables: "accounts", reads: "id, email_key, deleted_at"},
	{
		tables: "teams, team_members, machines, clusters, instances, volumes, notification_prefs",
		reads:  everything, inserts: everything, updates: everything, deletes: true,
	},
}

// readerRights are those of a Reader.
var readerRights = []right{
	{tables: "accounts", reads: "id, deleted_at"},
	{tables: "env_vars", reads: "account_id, name, version, value"},
	{tables: "connections", reads: "id, account_id, display_name, type, bucket, region, endpoint, version, credentials"},
	{tables: "ssh_keys", reads: "id, account_id, type, key, comment, version"},
	{tables: "seal_check", reads: "id, value"},
	{tables: "goose_db_version", reads: "version_id, is_applied"},
	{tables: "identity", reads: "store_id, incarnation, vouched"},
	{tables: "account_revisions", reads: "account_id, changed, raised"},
	{tables: "revisions_kept", reads: "since"},
	{tables: "reader_keys", reads: "id, name, hash, rights, accounts, created_at, expires_at"},
	{tables: "reader_tokens", reads: "hash, account_id, rights, made_by, expires_at", inserts: "hash, account_id, rights, made_by, expires_at"},
	{tables: "reader_revocations", reads: "count"},
	{tables: "reader_reads", reads: "account_id, hour, reader, reads", inserts: "account_id, hour, reader, reads", updates: "reads"},
}

// pagesRights are those of who serves account holders' pages: they write what env_vars and connections hold sealed, and do not read it. To lock a row takes
// the right to change a column of it. Where credentials go they do not change either: both are replaced, or both stay.
var pagesRights = []right{
	{
		tables: "accounts",
		reads: "id, email, email_key, email_change, email_named, email_verified_at, email_changed_at, password_hash, two_factor_policy, deleted_at, referral_code, referred_by, managed, " +
			"access_suspended_at, deletion_requested_at, " +
			claimColumns + ", " + leafColumns,
		updates: "email, email_verified_at, password_hash, ways_in_ended_at, deletion_requested_at, holder_deleted_at, " + leafColumns,
	},
	{tables: "pending_addresses", reads: "account_id, email, email_key", inserts: "account_id, email", deletes: true},
	{tables: "notification_prefs", reads: "account_id, type, email", inserts: "account_id, type, email", updates: "email"},
	{
		tables: "env_vars", reads: "account_id, name, version, size, " + claimText("owner_", "%s"),
		inserts: "account_id, name, value, version", updates: "value, version", deletes: true,
	},
	{
		tables: "connections", reads: "id, account_id, version, " + claimColumns + ", " + connectionTexts,
		inserts: "id, account_id, version, credentials, " + connectionTexts, updates: "display_name", deletes: true,
	},
	{
		tables: "ssh_keys", reads: "id, account_id, type, key, comment, version, created_at, " + claimColumns,
		inserts: "id, account_id, type, key, comment, version", updates: "type, key, comment, version", deletes: true,
	},
	{tables: "dependents", reads: "holder_id, kind, id, team_id"},
	{tables: "machines", reads: "id, account_id, team_id, created_at"},
	{tables: "clusters", reads: "id, account_id, team_id, created_at"},
	{tables: "instances", reads: "id, account_id, team_id, created_at"},
	{tables: "volumes", reads: "id, account_id, team_id, created_at"},
	{tables: "teams", reads: "id, name, owner_id, created_at", inserts: "id, name, owner_id", deletes: true},
	{tables: "team_members", reads: "team_id, account_id, role", deletes: true},
	{
		tables: "links", reads: "hash, account_id, purpose, email_key, expires_at", inserts: "hash, account_id, purpose, email_key, expires_at",
		deletes: true,
	},
	{
		tables: "sessions", reads: "hash, id, account_id, incarnation, awaits_code, created_at, used_at, proved_at, peer, user_agent",
		inserts: "hash, id, account_id, incarnation, awaits_code, created_at, used_at, proved_at, peer, user_agent", updates: "used_at, proved_at", deletes: true,
	},
	{
		tables: "api_keys", reads: "id, account_id, hash, incarnation, name, last_four, rights, created_at, used_at, expires_at, ended_at, factor_until",
		inserts: "id, account_id, hash, incarnation, name, last_four, rights, created_at, expires_at", updates: "hash, used_at, ended_at, factor_until", deletes: true,
	},
	{tables: "api_sessions", reads: "hash, key_id, expires_at", inserts: "hash, key_id, expires_at", deletes: true},
	{tables: "known_browsers", reads: "hash, account_id, used_at", inserts: "hash, account_id, used_at", updates: "hash, used_at", deletes: true},
	{
		tables: "provider_subjects", reads: "issuer, subject, account_id, incarnation", inserts: "issuer, subject, account_id, incarnation, bound_at",
		deletes: true,
	},
	{
		tables: "factors", reads: "account_id, id, method, name, seed, version, last_step, created_at",
		inserts: "account_id, id, method, name, seed, version, last_step, created_at", updates: "last_step, name", deletes: true,
	},
	{
		tables: "factor_attempts", reads: "account_id, attempts, locked_until", inserts: "account_id, attempts, locked_until",
		updates: "attempts, locked_until", deletes: true,
	},
	{tables: "backup_codes", reads: "account_id, hash", inserts: "account_id, hash", deletes: true},
	{tables: "reader_reads", reads: "account_id, hour, reader, reads"},
	{tables: "mails", reads: "account_id, kind, state, attempts, created_at, sent_at, due_at, reason", inserts: "account_id, kind, recipient, origin, session_id", updates: "state, recipient"},
	{tables: "mail_budgets", reads: "origin, bucket, began, used", inserts: "origin, bucket, began, used", updates: "began, used"},
	{tables: "mail_salt", reads: "id, value"},
	{tables: "audit", reads: "id, at, op, names, account_id", inserts: claimColumns + ", kind, generation, op, names, account_id"},
	{tables: "seal_check", reads: "id, value"},
	{tables: "goose_db_version", reads: "version_id, is_applied"},
	{tables: "identity", reads: "vouched, incarnation"},
}
