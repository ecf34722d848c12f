// Package factor judges the codes of a second factor. The store counts every attempt before a code is judged, and takes
// each code once.
package factor

import (
	"context"
	"errors"
	"time"

	"github.com/pquerna/otp"
	"github.com/pquerna/otp/hotp"

	"github.com/account-operator/account-operator/internal/store"
)

// ErrWrong says that a code is not right, or no longer.
var ErrWrong = errors.New("the code is wrong")

// A step is how long a code of an authenticator app lives; one before and one after count too, since clocks differ.
const (
	step   = 30 * time.Second
	window = 1
)

// VerifyTOTP uses up the code of an authenticator app. ErrWrong when it is not right, store.ErrNotFound when the account
// has no app, *store.RateLimitedError after too many attempts.
func VerifyTOTP(ctx context.Context, factors store.Factors, accountID, code string, now time.Time) error {
	apps, err := factors.Attempt(ctx, accountID, store.FactorTOTP, now)
	if err != nil {
		return err
	}
	for _, app := range apps {
		if at, right := match(app, code, now); right {
			return taken(factors.AcceptStep(ctx, accountID, app.ID, at))
		}
	}
	return ErrWrong
}

// ConfirmTOTP returns the step that the code belongs to, of an app that is about to be added. ErrWrong when it is not right.
func ConfirmTOTP(seed store.Secret, code string, now time.Time) (at int64, err error) {
	at, right := match(store.FactorAttempt{Seed: seed}, code, now)
	if !right {
		return 0, ErrWrong
	}
	return at, nil
}

// match finds the step that the code belongs to, among those that were not accepted yet.
func match(attempt store.FactorAttempt, code string, now time.Time) (at int64, right bool) {
	present := now.Unix() / int64(step.Seconds())
	for candidate := present + window; candidate >= present-window; candidate-- {
		valid, err := hotp.ValidateCustom(code, uint64(candidate), letters.EncodeToString(attempt.Seed.Reveal()), //nolint:gosec // time is after 1970
			hotp.ValidateOpts{Digits: otp.DigitsSix, Algorithm: otp.AlgorithmSHA1})
		if err == nil && valid && candidate > attempt.LastStep {
			at, right = candidate, true
		}
	}
	return at, right
}

// taken is ErrWrong when another request was faster with the same code.
func taken(err error) error {
	if errors.Is(err, store.ErrNotFound) {
		return ErrWrong
	}
	return err
}
