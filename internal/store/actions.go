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
	ActionConfirmAddress          ActionType = "ConfirmAddress"
)

// ActionRequest is what is asked for.
type ActionRequest struct {
	Type ActionType
	// Email is the address that ActionConfirmAddress confirms, and no other that the account has meanwhile.
	Email string
}

// ActionRefusal says why an action was not performed as it was asked for; it never will be. Empty: it was.
type ActionRefusal string

// The refusals.
const (
	RefusedRateLimited        ActionRefusal = "RateLimited"        // too many mails with links within the hour
	RefusedAlreadyVerified    ActionRefusal = "AlreadyVerified"    // nothing to verify
	RefusedConfirmationMailed ActionRefusal = "ConfirmationMailed" // first the address is to be confirmed, and was asked to be
	RefusedAddressNotProved   ActionRefusal = "AddressNotProved"   // no link goes to this address: see Account.AddressNotProved
	RefusedPasswordsOff       ActionRefusal = "PasswordsOff"       // account holders have none: they sign in at a provider
	RefusedAddressDiffers     ActionRefusal = "AddressDiffers"     // the account has another address than the one to confirm
	RefusedAccessSuspended    ActionRefusal = "AccessSuspended"    // no link goes to an account whose access is suspended
	RefusedNoSecondFactor     ActionRefusal = "NoSecondFactor"     // nothing to reset
)

// ActionResult is how an action ended.
type ActionResult struct {
	At      time.Time
	Refused ActionRefusal
	// RetryAfter is when a new action of the type may succeed; set with RefusedRateLimited.
	RetryAfter time.Time
}

// Actions performs what was asked for once.
type Actions interface {
	// Act performs the action, or refuses it, and remembers how it ended: the action's UID is its identity, and asking
	// again answers the same and does nothing. ErrNotFound when the account has no live row; nothing is remembered then.
	Act(ctx context.Context, action, account Claim, what ActionRequest) (ActionResult, error)
}
