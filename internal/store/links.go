package store

import (
	"context"
	"net/netip"
	"time"
)

// LinkPurpose is what the token of a link may do, and nothing else.
type LinkPurpose string

// The purposes of links.
const (
	LinkVerifyAddress  LinkPurpose = "VerifyAddress"
	LinkChoosePassword LinkPurpose = "ChoosePassword"
	LinkProveAddress   LinkPurpose = "ProveAddress" // for who is signed in
	LinkFactorCode     LinkPurpose = "FactorCode"   // a code, in a session
)

// How long a link, or a code, lives, from the sending of its mail.
const (
	VerificationLifetime = 24 * time.Hour
	ResetLifetime        = time.Hour
	CodeLifetime         = 30 * time.Minute
)

// Link is what a valid token leads to.
type Link struct {
	Purpose LinkPurpose
	Email   string // the account's address
	Theme   string // of its pages
	Expires time.Time
}

// Links is for the pages that links in mails lead to. It is not fenced, and works on every replica: each write is
// conditional in itself, and counts as another program's, so that the change feed delivers it. Tokens are kept as hashes.
// ErrNotFound stands for a token that is unknown, expired, used, voided or of another purpose, alike.
type Links interface {
	// Link looks, and changes nothing.
	Link(ctx context.Context, token Secret) (Link, error)
	// ConfirmAddress uses up a token for VerifyAddress: the address is verified. next is a token for ChoosePassword where
	// the account has no password yet, else empty.
	ConfirmAddress(ctx context.Context, token Secret) (next Secret, err error)
	// ChoosePassword uses up a token for ChoosePassword: hash becomes the account's password, its address
	// is verified too, and its other links are void.
	ChoosePassword(ctx context.Context, token, hash Secret) error
	// RequestLink puts a mail with a new link into the outbox if there is a live account of this address that can use it, no such
	// mail waits already, and the address may get another one from the pages within the hour: for an address that is not verified,
	// one that verifies it, whatever was asked for; for one that is not proved (see Account), none. Its answer does not say which.
	// *RateLimitedError when too many were asked for within the hour from everybody together, whatever the address.
	RequestLink(ctx context.Context, purpose LinkPurpose, email string) error
	// CountLinkRequest counts one request for a link of a network, whatever the address: *RateLimitedError where the network had its share
	// of those that are left to everybody within the hour. One that had none yet is let through as long as one is left.
	CountLinkRequest(ctx context.Context, network netip.Prefix) error
}
