package store

import (
	"context"
	"time"
)

// KindAccountAction is the kind of a button pressed once.
const KindAccountAction Kind = "AccountAction"

// ActionType is what an action does.
type ActionType string

// The types of actions.
const (
	ActionResendVerificationEmail ActionType = "ResendVerificationEmail"
	ActionSendPasswordReset       ActionType = "SendPasswordReset"
	ActionResetTwoFactor          ActionType = "ResetTwoFactor"
)

// ActionRefusal says why an action was not performed; it never will be. Empty: it was.
type ActionRefusal string

// The refusals.
const (
	RefusedRateLimited     ActionRefusal = "RateLimited"     // too many mails with links within the hour
	RefusedAlreadyVerified ActionRefusal = "AlreadyVerified" // nothing to verify
)

// ActionResult is how an action ended.
type ActionResult struct {
	At      time.Time
	Refused ActionRefusal
	// RetryAfter is when a new action of the type may succeed; set with RefusedRateLimited.
	RetryAfter time.Time
}

// Actions performs what somebody asked for once.
type Actions interface {
	// Act performs the action, or refuses it, and remembers how it ended: the action's UID is its identity, and asking
	// again answers the same and does nothing. mailLimit is how many mails with links an account gets within an hour.
	// ErrNotFound when the account has no live row; nothing is remembered then.
	Act(ctx context.Context, action, account Claim, what ActionType, mailLimit int) (ActionResult, error)
}
