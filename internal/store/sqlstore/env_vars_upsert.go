package sqlstore

import "github.com/account-operator/account-operator/internal/store"

// upsert is variables of one owner that are written together.
type upsert struct {
	names map[accountName]bool
	kept  [][]any // those that the owner has already
	taken [][]any
}

type accountName struct {
	account int64
	name    string
}

// has reports whether a variable is there already: one statement cannot write a row twice.
func (u *upsert) has(account int64, name string) bool { return u.names[accountName{account, name}] }

func (u *upsert) add(kept bool, account int64, name string, value []byte, version int64) {
	if u.names == nil {
		u.names = map[accountName]bool{}
	}
	u.names[accountName{account, name}] = true
	row := []any{account, name, value, version}
	if kept {
		u.kept = append(u.kept, row)
	} else {
		u.taken = append(u.taken, row)
	}
}

func (u *upsert) statements(o store.Claim) []statement {
	return append(upsertKept.statements(claimArgs(o), u.kept), upsertTaken.statements(claimArgs(o), u.taken)...)
}

const upsertText = `INSERT INTO env_vars (owner_cluster, owner_namespace, owner_namespace_uid, owner_name, owner_uid, account_id, name, value, version)
	VALUES %s ON CONFLICT (account_id, name) DO UPDATE SET value = excluded.value, version = excluded.version`

// An index has the owner: SQLite writes that again for each row in which the owner is set, also to what it is.
var (
	upsertKept  = forRows(5, 4, upsertText)
	upsertTaken = forRows(5, 4, upsertText+`,
		owner_cluster = excluded.owner_cluster, owner_namespace = excluded.owner_namespace,
		owner_namespace_uid = excluded.owner_namespace_uid, owner_name = excluded.owner_name, owner_uid = excluded.owner_uid`)
)
