package sqlstore

import "github.com/account-operator/account-operator/internal/store"

// proof is what the mailbox of an account's address proves.
type proof struct {
	verified bool // its reader is the account holder
	nothing  bool // its reader may be a stranger: see store.Account.AddressNotProved
	barred   bool // access is suspended
	// passwordless says that account holders have no passwords.
	passwordless bool
}

// notProved asks that of a row of accounts.
const notProved = `(email_verified_at IS NULL AND email_changed_at IS NOT NULL)`

// proofOut reads what into takes.
const proofOut = `email_verified_at IS NOT NULL, ` + notProved + `, access_suspended_at IS NOT NULL`

func (p *proof) into() []any { return []any{&p.verified, &p.nothing, &p.barred} }

// linkMail says which mail goes out when one with a link is asked for, and why it is another one, or none. signedIn says that a link will do
// which only the account's holder can follow. It is pure.
func (p *proof) linkMail(asked store.MailKind, signedIn bool) (store.MailKind, store.ActionRefusal) {
	switch {
	case p.barred:
		return "", store.RefusedAccessSuspended
	case p.passwordless && asked == store.MailResetPassword:
		return "", store.RefusedPasswordsOff
	case p.nothing:
		return laterMail(asked, signedIn)
	case p.verified && asked == store.MailVerifyAddress:
		return "", store.RefusedAlreadyVerified
	case !p.verified && asked != store.MailVerifyAddress:
		return store.MailVerifyAddress, store.RefusedConfirmationMailed
	default:
		return asked, ""
	}
}

// laterMail is linkMail for a later address that is not confirmed.
func laterMail(asked store.MailKind, signedIn bool) (store.MailKind, store.ActionRefusal) {
	if signedIn && asked == store.MailVerifyAddress {
		return store.MailProveAddress, ""
	}
	return "", store.RefusedAddressNotProved
}

// formerAddress is an address that may be replaced, and what it proved.
type formerAddress struct {
	address, key      string
	holders           bool    // to change
	verified, changed *string // as stamps; nil: NULL
	password          bool
}

const formerOut = `email, email_key, email_change = 'Holder', email_verified_at, email_changed_at, password_hash IS NOT NULL`

func (f *formerAddress) into() []any {
	return []any{&f.address, &f.key, &f.holders, stamped{&f.verified}, stamped{&f.changed}, &f.password}
}

// replaced is what follows from another address in its place.
func (f *formerAddress) replaced(account int64, keeps, signsIn bool) (steps []statement) {
	if keeps {
		steps = f.keep(account)
	}
	if signsIn {
		steps = append(steps, queueProof(account, store.OriginAdministrator))
	}
	return steps
}

// keep has the address that took its place prove what this one proved, against what the triggers say.
func (f *formerAddress) keep(account int64) []statement {
	steps := []statement{exec(`UPDATE accounts SET email_verified_at = $2, email_changed_at = $3 WHERE id = $1`, account, f.verified, f.changed)}
	switch {
	case f.verified != nil:
		return append(steps, exec(`UPDATE mails SET state = 'Void', recipient = ''
			WHERE account_id = $1 AND kind = 'VerifyAddress' AND state = 'Waiting'`, account))
	case f.password && f.changed == nil:
		return append(steps, queueMail(account, store.MailVerifyAddress, store.OriginAdministrator))
	}
	return steps
}
