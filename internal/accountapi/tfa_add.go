package accountapi

import (
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/account-operator/account-operator/internal/factor"
)

// setUpApp draws a key for an app. None is kept before the app has proved that it has it.
func (s *service) setUpApp(q *request) (any, error) {
	seed := factor.NewSeed()
	return map[string]any{
		"success": true, "secret": string(factor.Letters(seed).Reveal()), "provisioning_uri": string(factor.URI(s.Issuer, q.in.Email, seed).Reveal()),
	}, nil
}

// allowed is what the client shows when an app may be added.
func allowed() map[string]any {
	return map[string]any{"success": true, "msg": "Authorization successful."}
}

// byApp stands for the challenge where none is sent: the next code of an app answers it.
const byApp = "app"

// firstElsewhere says how an account comes to its first app: a key alone must not be enough to keep its holder out.
func (s *service) firstElsewhere() *problem {
	at := "on the settings page"
	if s.Settings != nil {
		at = "at " + s.Settings.String()
	}
	return newProblem(http.StatusForbidden, "authorization_required", fmt.Sprintf("The first app is added %s, which asks for the password.", at))
}

func (s *service) askToAdd(q *request) (any, error) {
	if !q.in.HasFactor {
		return nil, s.firstElsewhere()
	}
	var given proof
	if err := q.read(&given); err != nil {
		return nil, err
	}
	switch {
	case given.BackupCode != "":
		if err := s.prove(q, given, "2fa_verification_failed"); err != nil {
			return nil, err
		}
		return allowed(), q.holder.AllowFactor(q.Context(), q.in.ID)
	case given.Kind == "sms" || given.Kind == "email":
		return nil, newProblem(http.StatusBadRequest, "invalid_tfa_method", "Codes are not sent. Use an authenticator app, or a backup code.")
	}
	return map[string]any{"success": true, "secret": byApp, "msg": "Give the code that your app shows."}, nil
}

func (s *service) allowToAdd(q *request) (any, error) {
	given, err := q.proof()
	if err != nil {
		return nil, err
	}
	if err := s.prove(q, given, "2fa_verification_failed"); err != nil {
		return nil, err
	}
	return allowed(), q.holder.AllowFactor(q.Context(), q.in.ID)
}

// newApp is what comes with an app that is to be added.
type newApp struct {
	proof

	Label text
}

// mayAdd says why none may be, if so.
func (s *service) mayAdd(q *request, given newApp) error {
	switch {
	case given.Kind == "sms":
		return newProblem(http.StatusBadRequest, "invalid_tfa_method", "Codes are not sent to phones. Use an authenticator app.")
	case given.Code == "" || given.Secret == "":
		return newProblem(http.StatusBadRequest, "missing_params", "Give the key of the app (secret), and the code that it shows.")
	case !q.in.MayAddFactor && !q.in.HasFactor:
		return s.firstElsewhere()
	case !q.in.MayAddFactor:
		return newProblem(http.StatusForbidden, "authorization_required", "Allow another app first (tfa auth-new).")
	}
	return nil
}

func (s *service) addApp(q *request) (any, error) {
	var given newApp
	if err := q.read(&given); err != nil {
		return nil, err
	}
	if err := s.mayAdd(q, given); err != nil {
		return nil, err
	}
	seed, err := factor.FromLetters(string(given.Secret))
	if err != nil {
		return nil, newProblem(http.StatusBadRequest, "bad_request", "The secret is none that was given out here (tfa totp-setup).")
	}
	step, err := factor.ConfirmTOTP(seed, strings.Join(strings.Fields(string(given.Code)), ""), time.Now())
	if err != nil {
		return nil, newProblem(http.StatusBadRequest, "2fa_verification_failed", "The code is wrong. Look whether the clock of the device is right.")
	}
	if err := s.Store.EnrolTOTP(q.Context(), q.in.AccountID, label(string(given.Label)), seed, step); err != nil {
		return nil, err
	}
	answer := map[string]any{"success": true, "msg": "The app was added."}
	account, err := q.holder.Account(q.Context())
	if err == nil && account.Factors.BackupCodesRemaining == 0 {
		answer["backup_codes"], err = s.giveCodes(q)
	}
	return answer, err
}
