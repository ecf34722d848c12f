package sqlstore

import "github.com/account-operator/account-operator/internal/store"

// mailOf is nothing for no mail.
func mailOf(account int64, kind store.MailKind, origin store.MailOrigin) []statement {
	if kind == "" {
		return nil
	}
	return []statement{queueMail(account, kind, origin)}
}

// queueMail puts a mail to the account's present address into the outbox; triggers void what it takes the place of.
func queueMail(account int64, kind store.MailKind, origin store.MailOrigin) statement {
	return exec(`INSERT INTO mails (account_id, kind, recipient, origin) SELECT id, $2, email, $3 FROM accounts WHERE id = $1`,
		account, kind, origin)
}

// queueProof puts a mail with a link into the outbox that proves the account's next address, or else the present
// one while it is a later one that is not confirmed.
func queueProof(account int64, origin store.MailOrigin) statement {
	return exec(`INSERT INTO mails (account_id, kind, recipient, origin)
		SELECT a.id, 'ProveAddress', coalesce((SELECT email FROM pending_addresses WHERE account_id = a.id), a.email), $2
		FROM accounts a WHERE a.id = $1 AND (`+notProved+` OR EXISTS (SELECT 1 FROM pending_addresses WHERE account_id = a.id))`, account, origin)
}
