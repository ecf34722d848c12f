package store

import (
	"context"
	"time"
)

// MailKind says what a mail is about; it chooses the template.
type MailKind string

// The kinds of mails. The first two carry a link and share the hourly limit of an account; notices are outside of it, so
// that nobody can use it up first.
const (
	MailVerifyAddress  MailKind = "VerifyAddress"
	MailResetPassword  MailKind = "ResetPassword"
	MailAddressChanged MailKind = "AddressChanged" // to the address that the account had before
	MailFactorReset    MailKind = "FactorReset"
)

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
	// Token is what the mail's link carries; empty for a mail without one. It is erased with the end of the mail.
	Token Secret
	// Expires is when the link ends.
	Expires time.Time
	// Unreadable says that the token was altered behind our back and does not open: the mail is dead.
	Unreadable bool
}

// MailCounts are the mails of this cluster by state. A mail that was sent is no longer counted.
type MailCounts struct{ Waiting, Dead int }

// Outbox holds what is to be mailed. Mails come into it in the transactions that cause them. A led store sees the mails
// of its cluster's accounts, and those of accounts that nobody manages.
type Outbox interface {
	// TakeMails hands out up to limit mails that are due, the oldest first; until the lease is over nobody else gets
	// them. The lives of their links begin anew. next is when the next one will be due; zero when none waits.
	TakeMails(ctx context.Context, limit int, lease time.Duration) (due []Mail, next time.Time, err error)
	// MailSent ends a mail and erases its token. What has ended already is no error.
	MailSent(ctx context.Context, id string) error
	// MailFailed notes why (a short text of ours, never the peer's) and when to try again; a zero time makes the mail a
	// dead letter and erases its token.
	MailFailed(ctx context.Context, id, reason string, retry time.Time) error
	MailCounts(ctx context.Context) (MailCounts, error)
}
