package sqlstore_test

import (
	"testing"

	"github.com/account-operator/account-operator/internal/store"
)

// Given a store whose account holders have no passwords, then nothing mails or makes a link to choose one, and an address is confirmed as ever.
func TestWithoutPasswords_LinkToChooseOne_IsNeverMade(t *testing.T) {
	address, foreign := newSQLite(t)
	o := options(t)
	o.WithoutPasswords = true
	s := open(t, address, o)
	fenced := filled(t, s)
	var token store.Secret
	for _, m := range mailed(t, fenced) {
		must(t, fenced.MailSent(t.Context(), m.ID))
		if m.To == "alice@example.com" {
			token = m.Token
		}
	}
	refused := func(name string) store.ActionRefusal {
		got, err := fenced.Act(t.Context(), claim(store.KindAccountAction, name), claim(store.KindAccount, "alice"), store.ActionRequest{Type: store.ActionSendPasswordReset})
		must(t, err)
		return got.Refused
	}
	if got := refused("before"); got != store.RefusedPasswordsOff {
		t.Errorf("before the address is confirmed: %q", got)
	}
	next, err := s.ConfirmAddress(t.Context(), token)
	must(t, err)
	must(t, s.RequestLink(t.Context(), store.LinkChoosePassword, "alice@example.com"))
	if got := refused("after"); got != store.RefusedPasswordsOff || next.Len() > 0 {
		t.Errorf("after it: %q, and a token of %d characters", got, next.Len())
	}
	for _, table := range []string{"links WHERE purpose = 'ChoosePassword'", "mails WHERE kind = 'ResetPassword'"} {
		if rows, err := foreign.rows(`SELECT count(*) FROM ` + table); err != nil || rows[0][0] != "0" {
			t.Errorf("%s: %v, %v", table, rows, err)
		}
	}
}
