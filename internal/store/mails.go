package store

import (
	"context"
	"time"
)

// MailKind says what a mail is about; it chooses the template.
type MailKind string

// The kinds of mails. The first four carry a link or a code and are limited by who asked for them; notices have a budget of their own, and one
// that waits takes the place of another that says the same.
const (
	MailVerifyAddress   MailKind = "VerifyAddress"
	MailResetPassword   MailKind = "ResetPassword"
	MailProveAddress    MailKind = "ProveAddress"   // to a later address, for who is signed in to confirm it
	MailFactorCode      MailKind = "FactorCode"     // for who is signed in to set up the first second factor
	MailAddressChanged  MailKind = "AddressChanged" // to the address that the account had before
	MailFactorReset     MailKind = "FactorReset"
	MailPasswordChanged MailKind = "PasswordChanged" // to who had one before
	MailAccountDeleted  MailKind = "AccountDeleted"  // to an address that was confirmed
	MailFactorAdded     MailKind = "FactorAdded"     // an app, or new backup codes
	MailFactorRemoved   MailKind = "FactorRemoved"   // by the account holder
	MailBackupCodesLow  MailKind = "BackupCodesLow"
	// MailDeletionRequested and MailDeletedByHolder go to the holder who did that.
	MailDeletionRequested MailKind = "DeletionRequested"
	MailDeletedByHolder   MailKind = "DeletedByHolder" // in place of MailAccountDeleted
	MailSignedIn          MailKind = "SignedIn"        // with a browser that is not known, where others are
	MailSubjectBound      MailKind = "SubjectBound"    // to who signs in at a provider
	MailKeyMade           MailKind = "KeyMade"
)

// MailOrigin is who asked for a mail with a link. Each has a budget of its own for each address.
type MailOrigin string

// The origins.
const (
	OriginAnonymous     MailOrigin = "Anonymous"     // whoever typed an address into the pages
	OriginHolder        MailOrigin = "Holder"        // the account holder, by another program that knows its visitors
	OriginAdministrator MailOrigin = "Administrator" // the platform: a new account, a changed address, an action
)

// MailKinds are all of them.
var MailKinds = []MailKind{
	MailVerifyAddress, MailResetPassword, MailProveAddress, MailFactorCode, MailAddressChanged, MailFactorReset, MailPasswordChanged, MailAccountDeleted,
	MailFactorAdded, MailFactorRemoved, MailBackupCodesLow, MailDeletionRequested, MailDeletedByHolder, MailSignedIn, MailSubjectBound, MailKeyMade,
}

// Mail is one message to one recipient that waits in the outbox.
type Mail struct {
	ID      string // stable over attempts: part of the Message-ID
	Kind    MailKind
	To      string
	Created time.Time
	// Attempts counts this one too.
	Attempts int
	// Username and Theme are the account's; NewAddress is set for MailAddressChanged only.
	Username, Theme, NewAddress string
	// Token is what the mail's link carries, or its code; empty for a mail without one. It is made as the mail is taken, and the store
	// keeps its hash only: no token waits anywhere. Each attempt has its own, and all of one mail are good, since nobody
	// knows which of them arrived.
	Token Secret
	// Expires is when the link ends.
	Expires time.Time
}

// Lifetime is how long the link, or the code, of such a mail lives; zero for a mail without one.
func (k MailKind) Lifetime() time.Duration {
	return map[MailKind]time.Duration{
		MailVerifyAddress: VerificationLifetime, MailProveAddress: VerificationLifetime, MailResetPassword: ResetLifetime, MailFactorCode: CodeLifetime,
	}[k]
}

// MailCounts are mails by state. A mail that was sent is no longer counted.
type MailCounts struct {
	Waiting, Dead int
	Held          int       // back by the hourly limit; they are not among those that wait
	Oldest        time.Time // when the one that waits longest was asked for; zero: none waits
}

// MailState is how a mail stands.
type MailState string

// The states.
const (
	MailWaiting MailState = "Waiting"
	MailSent    MailState = "Sent"
	MailDead    MailState = "Dead" // given up
)

// Confirmation is the newest mail that asks an account's holder to confirm the address; the zero value: none is on record.
type Confirmation struct {
	State MailState
	Since time.Time // when it was asked for
	Sent  time.Time // when it went out
	Held  time.Time // until when the hourly limit holds it back, before its first attempt
	// Reason is why the last attempt failed, in words of ours; empty while there was none.
	Reason string
}

// Outbox holds what is to be mailed. Mails come into it in the transactions that cause them. A fenced store sees the mails
// of its cluster's accounts, and those of accounts that nobody manages.
type Outbox interface {
	// TakeMails hands out up to limit mails that are due, without those that carry a link unless links are asked for. Namespaces take
	// turns, in each what the platform caused and what holders asked for; of these the oldest goes first. Until the lease is over, or another leads in this one's place, nobody else gets them. The lives of their links
	// begin. One whose address had as many within the hour as it may, of the same origin, is held back until the hour is over. next
	// is when the next one will be due, in the past when it is already; zero when none waits.
	TakeMails(ctx context.Context, links bool, limit int, lease time.Duration) (due []Mail, next time.Time, err error)
	// MailSent ends a mail. What has ended already is no error.
	MailSent(ctx context.Context, id string) error
	// MailFailed notes why (a short text of ours, never the peer's) and when to try again; a zero time makes the mail a
	// dead letter.
	MailFailed(ctx context.Context, id, reason string, retry time.Time) error
	// MailCounts are those that TakeMails could hand out.
	MailCounts(ctx context.Context) (MailCounts, error)
}
