package sqlstore_test

import (
	"strings"
	"testing"
	"time"

	"github.com/account-operator/account-operator/internal/store"
	"github.com/account-operator/account-operator/internal/store/sqlstore"
)

func TestDump_Rows_AreAllThereWithoutValues(t *testing.T) {
	each(t, func(t *testing.T, address string, foreign foreign) {
		s := open(t, address, options(t))
		fenced := filled(t, s)
		must(t, fenced.DeleteAccount(t.Context(), claim(store.KindAccount, "bob"), store.Deletion{}))
		must(t, foreign.exec(`UPDATE accounts SET password_hash = 'canary-hash' WHERE name = 'alice'`))
		_, _, err := fenced.TakeMails(t.Context(), true, 10, time.Minute)
		must(t, err)
		must(t, s.RequestLink(t.Context(), store.LinkChoosePassword, "alice@example.com"))
		_, _, err = fenced.TakeMails(t.Context(), true, 10, time.Minute)
		must(t, err)
		var out strings.Builder
		must(t, s.Dump(t.Context(), &out))
		for _, want := range []string{
			"accounts cluster=c namespace=team namespace_uid=n name=alice uid=alice id=1 email=alice@example.com",
			" deleted_at=", "env_vars account_id=1 name=TOKEN", "value=sealed(", "connections cluster=c", "credentials=sealed(",
			"leaders cluster=c lease=l epoch=1", "applied cluster=c", "audit cluster=c", `names="{\"Set\":[\"TOKEN\"]}"`, "seal_check id=1",
			"password_hash=sealed(11 bytes)", "recipient=alice@example.com state=Waiting attempts=1", "purpose=VerifyAddress email_key=alice@example.com", "hash=sealed(32 bytes)",
		} {
			if !strings.Contains(out.String(), want) {
				t.Errorf("%s is not in\n%s", want, out.String())
			}
		}
		if strings.Contains(out.String(), "canary") {
			t.Errorf("a value is in\n%s", out.String())
		}
	})
}

// A column that a later migration adds must come into the dump.
func TestDump_Columns_AreAllThere(t *testing.T) {
	address, foreign := newSQLite(t)
	open(t, address, options(t))
	rows, err := foreign.rows(`SELECT t.name, c.name FROM sqlite_master t, pragma_table_xinfo(t.name) c
		WHERE t.type = 'table' AND t.name NOT LIKE 'sqlite_%' AND t.name NOT IN ('goose_db_version', 'writer')
			AND c.name <> 'email_key'`)
	if err != nil {
		t.Fatal(err)
	}
	if len(rows) < 50 {
		t.Fatalf("only %d columns", len(rows))
	}
	known := map[string]bool{}
	for _, column := range sqlstore.Columns() {
		known[column] = true
	}
	for _, r := range rows {
		if !known[r[0]+"."+r[1]] {
			t.Errorf("%s.%s is not dumped", r[0], r[1])
		}
	}
}
