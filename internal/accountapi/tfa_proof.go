package accountapi

import (
	"errors"
	"math"
	"net/http"
	"strings"
	"time"

	"github.com/account-operator/account-operator/internal/factor"
	"github.com/account-operator/account-operator/internal/store"
)

// proof is what a request shows of a second factor. The client's secret stands for a code that was sent, which none is.
type proof struct {
	Kind       text   `json:"tfa_method"`
	Code       text   `json:"code"`
	Secret     text   `json:"secret"`
	Method     number `json:"tfa_method_id"`
	BackupCode text   `json:"backup_code"`
	Target     number `json:"target_id"`
}

func (q *request) proof() (given proof, err error) {
	if err := q.read(&given); err != nil {
		return given, err
	}
	if given.Code == "" && given.BackupCode == "" {
		return given, newProblem(http.StatusBadRequest, "missing_auth_value", "Give the code of an app, or a backup code.")
	}
	return given, nil
}

// prove uses a code up. An app's code is judged by all apps: which one it is of does not make it any better.
func (s *service) prove(q *request, given proof, failed string) (err error) {
	if given.BackupCode != "" {
		busy := s.Hasher.InTurn(q.Context(), func() {
			err = factor.VerifyBackupCode(q.Context(), s.Store, q.in.AccountID, string(given.BackupCode), time.Now())
		})
		if busy != nil {
			return busy
		}
		return unproved(err, newProblem(http.StatusUnauthorized, "invalid_backup_code", "The backup code is wrong, or was used."))
	}
	if given.Kind == "email" {
		return newProblem(http.StatusBadRequest, "invalid_tfa_method", "Codes are not mailed. Use an authenticator app, or a backup code.")
	}
	code := strings.Join(strings.Fields(string(given.Code)), "")
	err = factor.VerifyTOTP(q.Context(), s.Store, q.in.AccountID, code, time.Now())
	wrong := newProblem(http.StatusBadRequest, failed, "The code is wrong, or was used before. An app shows a new one every 30 seconds.")
	wrong.more = map[string]any{"fail_count": nil, "locked_until": nil}
	return unproved(err, wrong)
}

// unproved is what is answered where a code was not taken.
func unproved(err error, wrong *problem) error {
	limited := (*store.RateLimitedError)(nil)
	switch {
	case errors.Is(err, factor.ErrWrong):
		return wrong
	case errors.Is(err, store.ErrNotFound):
		return newProblem(http.StatusBadRequest, "tfa_method_not_configured", "The account has no second factor of this kind.")
	case errors.As(err, &limited):
		locked := newProblem(http.StatusTooManyRequests, "tfa_locked", "Too many codes were wrong: no code counts for some minutes.")
		locked.retry = limited.RetryAfter
		locked.more = map[string]any{
			"fail_count": store.FactorAttempts, "locked_until": math.Ceil(float64(time.Now().Add(limited.RetryAfter).UnixMilli()) / 1000),
		}
		return locked
	}
	return err
}
