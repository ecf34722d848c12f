package store

import (
	"context"
	"time"
)

// FactorMethod is a way to prove a second factor.
type FactorMethod string

// The methods.
const (
	FactorTOTP       FactorMethod = "TOTP"
	FactorBackupCode FactorMethod = "BackupCode"
)

// All methods of an account are locked for FactorLock after FactorAttempts wrong codes in a row.
const (
	FactorAttempts = 5
	FactorLock     = 15 * time.Minute
)

// What an account may have: methods beside backup codes, and how long their names are. A mail goes out when CodesLow codes are left.
const (
	MaxFactors    = 5
	MaxFactorName = 64 // bytes
	CodesLow      = 3
)

// Factor is a method that an account has.
type Factor struct {
	ID      string
	Method  FactorMethod
	Name    string // the holder's; backup codes have none
	Created time.Time
}

// FactorState is what an account has of a second factor.
type FactorState struct {
	Methods              []FactorMethod // sorted
	BackupCodesRemaining int
}

// FactorAttempt is what the code of an app is judged by.
type FactorAttempt struct {
	ID       string
	Seed     Secret
	LastStep int64 // the newest time step whose code was accepted
}

// Factors keeps second factors and counts how they are tried. It is not fenced, and works on every replica. ErrNotFound
// when the account has no live row or not this method. Its holder gets a mail when one is added or removed.
type Factors interface {
	// Factors are those of an account, in the order in which they came, backup codes last.
	Factors(ctx context.Context, accountID string) ([]Factor, error)
	// EnrolTOTP adds an app: its seed, sealed at rest, and the step whose code proved that it has it; 0: none did. *InvalidError for
	// "factors" when there are MaxFactors.
	EnrolTOTP(ctx context.Context, accountID, name string, seed Secret, step int64) error
	// NameFactor gives an app another name.
	NameFactor(ctx context.Context, accountID, id, name string) error
	// RemoveFactor removes an app, and with the last one the backup codes.
	RemoveFactor(ctx context.Context, accountID, id string) error
	// EnrolBackupCodes replaces all backup codes by these hashes.
	EnrolBackupCodes(ctx context.Context, accountID string, hashes [][]byte) error
	// MailCode mails a code for one session of the account, in place of an earlier one. *RateLimitedError when there were as many within the
	// hour as an address may get.
	MailCode(ctx context.Context, accountID, sessionID string) error
	// AcceptMailedCode uses the code up that was mailed for the session. It is counted as an attempt before it is judged, and a right one
	// resets the counter. ErrNotFound when it is wrong, expired or another session's.
	AcceptMailedCode(ctx context.Context, accountID, sessionID string, code Secret) error
	// Attempt raises the account's counter before anything is judged. It returns what apps have, for FactorTOTP. *RateLimitedError while
	// the account's methods are locked.
	Attempt(ctx context.Context, accountID string, method FactorMethod, now time.Time) ([]FactorAttempt, error)
	// AcceptStep takes a time step of an app whose code was right, and resets the counter. ErrNotFound unless the step is newer than
	// all that were accepted: a code never counts twice.
	AcceptStep(ctx context.Context, accountID, id string, step int64) error
	// AcceptBackupCode uses up the code of this hash, and resets the counter. ErrNotFound when there is none: a code never
	// counts twice.
	AcceptBackupCode(ctx context.Context, accountID string, hash []byte) error
}
