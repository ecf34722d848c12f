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

// A method is locked for FactorLock after FactorAttempts wrong codes in a row.
const (
	FactorAttempts = 5
	FactorLock     = 15 * time.Minute
)

// FactorState is what an account has of a second factor.
type FactorState struct {
	Methods              []FactorMethod // sorted
	BackupCodesRemaining int
}

// FactorAttempt is what a code is judged by.
type FactorAttempt struct {
	Seed     Secret // for TOTP
	LastStep int64  // the newest time step whose code was accepted
}

// Factors keeps second factors and counts how they are tried. It is not fenced, and works on every replica. ErrNotFound
// when the account has no live row or not this method.
type Factors interface {
	// EnrolTOTP sets the seed, sealed at rest, and forgets what was counted.
	EnrolTOTP(ctx context.Context, accountID string, seed Secret) error
	// EnrolBackupCodes replaces all backup codes by these hashes.
	EnrolBackupCodes(ctx context.Context, accountID string, hashes [][]byte) error
	// Attempt raises the method's counter before anything is judged. *RateLimitedError while the method is locked.
	Attempt(ctx context.Context, accountID string, method FactorMethod, now time.Time) (FactorAttempt, error)
	// AcceptStep takes a time step whose code was right, and resets the counter. ErrNotFound unless the step is newer than
	// all that were accepted: a code never counts twice.
	AcceptStep(ctx context.Context, accountID string, step int64) error
	// AcceptBackupCode uses up the code of this hash, and resets the counter. ErrNotFound when there is none: a code never
	// counts twice.
	AcceptBackupCode(ctx context.Context, accountID string, hash []byte) error
}
