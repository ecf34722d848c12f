package sqlstore_test

import (
	"strings"
	"testing"
	"time"

	"github.com/account-operator/account-operator/internal/store"
)

func TestRecovery_NoWindow_PurgesWithTheDeletion(t *testing.T) {
	each(t, func(t *testing.T, address string, foreign foreign) {
		o := options(t)
		o.RecoveryWindow = 0
		fenced := filled(t, open(t, address, o))
		must(t, fenced.DeleteAccount(t.Context(), claim(store.KindAccount, "bob"), store.Deletion{}))
		rows, err := foreign.rows(`SELECT * FROM accounts WHERE deleted_at IS NOT NULL AND purged_at IS NOT NULL`)
		must(t, err)
		if len(rows) != 1 || strings.Contains(strings.Join(rows[0], " "), "bob") {
			t.Errorf("got %v", rows)
		}
	})
}

func TestRecovery_NoRetention_TheAuditStays(t *testing.T) {
	each(t, func(t *testing.T, address string, foreign foreign) {
		o := options(t)
		o.AuditRetention = 0
		fenced := filled(t, open(t, address, o))
		must(t, foreign.exec(`UPDATE audit SET at = '2020-01-01T00:00:00.000Z'`))
		_, err := fenced.Purge(t.Context(), time.Now())
		must(t, err)
		rows, err := foreign.rows(`SELECT count(*) FROM audit`)
		must(t, err)
		if rows[0][0] != "5" { // two accounts, a variable, a connection, a key
			t.Errorf("%s rows are left", rows[0][0])
		}
	})
}
