package sqlstore

import (
	"context"
	"time"

	"github.com/account-operator/account-operator/internal/store"
)

// mailSpan is the span in which an account gets a limited number of mails with links.
const mailSpan = time.Hour

// RequestLink does as much for an address that nobody has: it looks the same things up and writes to the disk as well, so
// that the time it takes tells little.
func (s *Store) RequestLink(ctx context.Context, purpose store.LinkPurpose, email string, limit int) error {
	asked := store.MailResetPassword
	if purpose == store.LinkVerifyAddress {
		asked = store.MailVerifyAddress
	}
	var account int64
	var p proof
	var mails int
	find := `(SELECT id FROM accounts WHERE email_key = $1 AND deleted_at IS NULL)`
	first := []statement{
		ask(func(r row) error { return r.Scan(append(p.into(), &account)...) },
			`SELECT `+proofOut+`, id FROM accounts WHERE id = `+find+` FOR UPDATE`, addressKey(email)),
		ask(func(r row) error { return r.Scan(&mails) },
			`SELECT count(*) FROM mails WHERE account_id = `+find+` AND created_at > $2
				AND kind IN ('VerifyAddress', 'ResetPassword')`, addressKey(email), stamp(time.Now().Add(-mailSpan))),
	}
	return s.visit(ctx, "asking for a link", first, func() ([]statement, error) {
		kind, _ := p.linkMail(asked)
		if kind == "" || mails >= limit {
			account = 0
		}
		return []statement{queueMail(account, kind), auditVisit("RequestLink", account)}, nil
	})
}

// mailOf is nothing for no mail.
func mailOf(account int64, kind store.MailKind) []statement {
	if kind == "" {
		return nil
	}
	return []statement{queueMail(account, kind)}
}

// queueMail puts a mail to the account's present address into the outbox; triggers void what it takes the place of.
func queueMail(account int64, kind store.MailKind) statement {
	return say(`INSERT INTO mails (account_id, kind, recipient) SELECT id, $2, email FROM accounts WHERE id = $1`, account, kind)
}
