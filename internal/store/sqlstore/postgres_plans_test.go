package sqlstore_test

import (
	"errors"
	"fmt"
	"strconv"
	"testing"
	"time"

	"github.com/account-operator/account-operator/internal/store"
)

// A connection keeps the plan of a statement. One that was made while the tables were empty must not read all of a table, or of
// an index, when they have grown: each call would cost more than the one before, until the server looks at its tables by itself.
func TestPostgresPlansThatAreMadeWhileATableIsEmptyAreGoodWhenItIsFull(t *testing.T) {
	const objects = 300
	address, foreign := newPostgres(t)
	o := options(t)
	o.MaxConnections = 1
	s := open(t, address, o)
	led, err := s.Lead(t.Context(), "c", "l")
	must(t, err)
	mark := store.Mark{Generation: 1, Record: "r"}
	calls := 0
	each := func(call func(account, set, connection store.Claim) error) {
		t.Helper()
		for n := range objects {
			name := strconv.Itoa(n)
			must(t, call(claim(store.KindAccount, "a"+name), claim(store.KindEnvVarSet, "s"+name), claim(store.KindCloudConnection, "c"+name)))
			calls++
		}
	}
	put := func(username string) {
		each(func(account, _, _ store.Claim) error {
			_, err := led.PutAccount(t.Context(), account, store.AccountSpec{Email: account.UID + "@example.com", Username: &username}, mark)
			return err
		})
	}
	sync := func(round int) {
		each(func(account, set, _ store.Claim) error { return led.SyncEnvVars(t.Context(), account, set, ten(round)) })
	}
	connect := func(bucket string) {
		each(func(account, _, connection store.Claim) error {
			_, err := led.PutConnection(t.Context(), connection, account, store.Connection{Type: "AmazonS3", Bucket: bucket}, mark)
			return err
		})
	}
	put("one")
	sync(1)
	connect("one")
	mails, _, err := led.TakeMails(t.Context(), true, objects, time.Minute)
	must(t, err)
	for _, m := range mails {
		must(t, led.MailSent(t.Context(), m.ID))
		calls++
	}
	put("two")
	sync(2)
	connect("two")
	each(func(account, _, _ store.Claim) error { _, err := led.Account(t.Context(), account); return err })
	each(func(_, _, connection store.Claim) error {
		_, err := led.Connection(t.Context(), connection)
		return err
	})
	each(func(account, _, _ store.Claim) error {
		_, err := led.Act(t.Context(), claim(store.KindAccountAction, "act-"+account.UID), account, store.ActionSendPasswordReset, 9)
		return err
	})
	each(func(_, set, _ store.Claim) error {
		return led.Rebind(t.Context(), set, claim(store.KindEnvVarSet, "new-"+set.UID))
	})
	each(func(_, _, connection store.Claim) error { return led.DeleteConnection(t.Context(), connection, false) })
	must(t, foreign.exec(fmt.Sprintf(`INSERT INTO machines (id, account_id) SELECT 'm' || n, (SELECT id FROM accounts WHERE uid = 'a0')
		FROM generate_series(1, %d) n`, objects)))
	each(func(account, _, _ store.Claim) error {
		err := led.DeleteAccount(t.Context(), account, store.Deletion{})
		if blocked := (*store.BlockedError)(nil); errors.As(err, &blocked) && account.UID == "a0" {
			err = nil
		}
		return err
	})
	each(func(_, set, _ store.Claim) error {
		return led.RemoveEnvVars(t.Context(), claim(store.KindEnvVarSet, "new-"+set.UID), false)
	})
	purged, err := led.Purge(t.Context(), time.Now().Add(time.Hour))
	must(t, err)
	if calls += purged; purged != objects-1 {
		t.Errorf("%d accounts were purged", purged)
	}
	closeStore(t, s) // a connection that ends has told what it did

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
