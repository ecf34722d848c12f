package store

import "time"

// CodeRule says when a code is asked for of an account with a second factor.
type CodeRule int

// The rules.
const (
	CodeAlways     CodeRule = iota
	CodeIfRequired          // by the account's policy
	CodeNever
)

// Subject is who signed in at an OpenID Connect provider, which proved it.
type Subject struct {
	Issuer, Subject string
	// Email is an address of his that the provider has verified; empty: there is none.
	Email string
	// At is when he signed in there; zero: the provider does not say so.
	At   time.Time
	Code CodeRule
}
