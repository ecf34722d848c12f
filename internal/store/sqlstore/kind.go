package sqlstore

import (
	"fmt"
	"strings"

	"github.com/account-operator/account-operator/internal/store"
)

// kind describes a kind of object that claims rows. What the store does with every kind is made from these descriptions.
//
// A new kind with one row an object takes, beside its value: a constant and a line in store.ClaimingKinds, its rows in store.FencedStore and
// store.Around, a description as in connections.go, its place in kinds, a sample in storetest, and the migration that
// TestKindMigration_Write writes. Tests name what is missing of it.
type kind struct {
	name  store.Kind
	table string
	noun  string // what a person calls a row
	// prefix stands before the five columns of the claim.
	prefix string
	// live is what a row has to be so that its claim counts. Empty: any row's does.
	live string
	// key distinguishes the rows of an account, order sorts all of them. Empty: by key.
	key, order string
	// columns are all but the secret one, in the order of a dump.
	columns string
	// secret is the column that nobody is shown. Empty: there is none. Where the rows are in an account, it is sealed.
	secret string
	// inAccount says that each row belongs to an account, by account_id, is counted there, and goes with it.
	inAccount bool

	texts kindTexts
}

// kindTexts are written once, so that a call sends the very text that the call before it sent.
type kindTexts struct {
	claim   string // reads the claim of a row that may have none
	own     string // finds the rows of the claim $1 and $2
	only    string // asks besides that a row is live
	lock    string // the claims of all rows of the account $1 and $2
	delete  string // all rows of the account with the ID $1
	unclaim string // gives up the claim
}

func (k kind) described() *kind {
	if k.live != "" {
		k.texts.only = ` AND ` + k.live
	}
	k.texts.claim = claimText(k.prefix, "coalesce(%s, '')")
	k.texts.own = k.prefix + `cluster = $1 AND ` + k.prefix + `uid = $2` + k.texts.only
	k.texts.unclaim = claimText(k.prefix, "%s = NULL")
	if k.inAccount {
		k.texts.lock = `SELECT ` + k.texts.claim + ` FROM ` + k.table + ` WHERE account_id = ` + liveAccount + ` ORDER BY ` + k.key + ` FOR UPDATE`
		k.texts.delete = `DELETE FROM ` + k.table + ` WHERE account_id = $1`
	}
	return &k
}

// claimText writes the form once for each column of a claim.
func claimText(prefix, form string) string {
	var parts []string
	for column := range strings.SplitSeq(claimColumns, ", ") {
		parts = append(parts, fmt.Sprintf(form, prefix+column))
	}
	return strings.Join(parts, ", ")
}

// heldBy reads the rows of a table that the live account $1 has. It is one statement, so that they are of one moment; where the account has
// none, it is found all the same, with one row of empty columns.
func heldBy(table, order, columns string) string {
	return `SELECT ` + columns + ` FROM accounts a LEFT JOIN ` + table + ` k ON k.account_id = a.id
		WHERE a.id = $1 AND a.deleted_at IS NULL ORDER BY k.` + order
}
