package sqlstore

import (
	"strings"

	"github.com/account-operator/account-operator/internal/store"
)

var accountKind = kind{
	name: store.KindAccount, table: "accounts", noun: "account", live: "deleted_at IS NULL", key: "id",
	columns: claimColumns + ", id, email, " + leafColumns + ", two_factor_policy, email_verified_at, email_changed_at, referral_code," +
		" referred_by, created_at, deleted_at, purged_at, " + claimText("retained_", "%s") + ", retained_email_key, managed, email_change, email_named," +
		" access_suspended_at, ways_in_ended_at, deletion_requested_at, holder_deleted_at",
	secret: "password_hash",
}.described()

// leaves are the columns that an account holder and a platform team share.
var leaves = (&store.Settings[string]{}).Leaves()

var leafColumns = func() string {
	names := make([]string, len(leaves))
	for n, leaf := range leaves {
		names[n] = leaf.Column
	}
	return strings.Join(names, ", ")
}()
