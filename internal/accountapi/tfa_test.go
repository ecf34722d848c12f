package accountapi_test

import (
	"encoding/base32"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/pquerna/otp"
	"github.com/pquerna/otp/totp"

	"github.com/account-operator/account-operator/internal/accountapi"
	"github.com/account-operator/account-operator/internal/factor"
	"github.com/account-operator/account-operator/internal/store"
)

const tfa = "/api/v0/tfa/"

// seed is what the first app of these tests has.
const seed = "canary-seed-20-bytes"

// codeOf is what an app with a key shows, so many steps from now.
func (s *scene) codeOf(letters string, steps int) string {
	s.Helper()
	code, err := totp.GenerateCodeCustom(letters, time.Now().Add(time.Duration(steps)*30*time.Second), totp.ValidateOpts{Period: 30, Digits: otp.DigitsSix})
	s.must(err)
	return code
}

func (s *scene) code(steps int) string {
	s.Helper()
	return s.codeOf(base32.StdEncoding.EncodeToString([]byte(seed)), steps)
}

// withFactor gives the account an app, and backup codes.
func (s *scene) withFactor(account string) (backup []string) {
	s.Helper()
	s.must(s.store.EnrolTOTP(s.Context(), account, "phone", store.NewSecret([]byte(seed)), 0))
	codes, hashes := factor.NewBackupCodes(account)
	s.must(s.store.EnrolBackupCodes(s.Context(), account, hashes))
	for _, code := range codes {
		backup = append(backup, s.secret(string(code.Reveal())))
	}
	return backup
}

// Given an account with a second factor, when the code of its app is given, then there is a session with which the key writes; and a code counts
// once.
func TestLogin_CodeOfAnApp_GivesASessionThatWrites(t *testing.T) {
	onEach(t, func(s *scene) {
		alice := s.holder("alice")
		s.withFactor(alice)
		key := s.key(alice)
		const variable = `{"key": "TOKEN", "value": "x"}`
		s.ask(http.MethodPost, secrets, key, variable).refuses(http.StatusUnauthorized, "tfa_required", "Two Factor Authentication")

		login := `{"tfa_method": "totp", "code": "` + s.code(0) + `"}`
		in := s.ask(http.MethodPost, tfa, key, login).does()
		session := s.secret(in.text("session_key"))
		if in.number("id") != alice || in.text("email") != "alice@example.com" || in.text("tfa_status") != "enabled" || strings.Contains(in.body, "backup_codes_remaining") {
			s.Errorf("the user is %s", in.body)
		}
		s.ask(http.MethodPost, secrets, session, variable).does()
		s.ask(http.MethodGet, "/api/v0/users/current", session, "").does()
		s.ask(http.MethodPost, secrets, key, variable).refuses(http.StatusUnauthorized, "tfa_required", "Two Factor Authentication")
		s.ask(http.MethodPost, tfa, key, login).refuses(http.StatusBadRequest, "2fa_login_failed", "used before")

		s.exec(`UPDATE api_sessions SET expires_at = '2020-01-01T00:00:00.000Z'`)
		if got := s.ask(http.MethodPost, secrets, session, variable); got.status != http.StatusNotFound || got.text("msg") != "Session expired. Please log in again." {
			s.Errorf("got %d %s", got.status, got.body)
		}
	})
}

// Given a session of a key with a few rights, then it may no more than the key.
func TestLogin_KeyWithFewRights_SessionHasNoMore(t *testing.T) {
	s := newScene(t, "sqlite")
	alice := s.holder("alice")
	s.withFactor(alice)
	session := s.secret(s.ask(http.MethodPost, tfa, s.key(alice, store.KeyUserRead), `{"code": " `+s.code(0)+` "}`).does().text("session_key"))
	s.ask(http.MethodPost, secrets, session, `{"key": "A", "value": "x"}`).refuses(http.StatusForbidden, "auth_error", "no right user_write")
}

// Given backup codes, when one is given, then it signs in once, and the client is shown how many are left.
func TestLogin_BackupCode_CountsOnceAndSaysHowManyAreLeft(t *testing.T) {
	onEach(t, func(s *scene) {
		alice := s.holder("alice")
		backup := s.withFactor(alice)
		key := s.key(alice)
		in := s.ask(http.MethodPost, tfa, key, `{"backup_code": "`+strings.ToLower(backup[3])+`"}`).does()
		s.secret(in.text("session_key"))
		if in.number("backup_codes_remaining") != "9" {
			s.Errorf("the user is %s", in.body)
		}
		s.ask(http.MethodPost, tfa, key, `{"backup_code": "`+backup[3]+`"}`).refuses(http.StatusUnauthorized, "invalid_backup_code", "wrong, or was used")
	})
}

// Given wrong codes, when there were five in a row, then none counts for a while, and the client's tries in vain make that no longer.
func TestLogin_WrongCodes_LockAndSayUntilWhen(t *testing.T) {
	onEach(t, func(s *scene) {
		alice := s.holder("alice")
		backup := s.withFactor(alice)
		key := s.key(alice)
		for _, wrong := range []string{`"code": "000000"`, `"code": "12345678"`, `"code": "x"`, `"tfa_method_id": "7", "code": 1`, `"secret": "x", "code": "000001"`} {
			got := s.ask(http.MethodPost, tfa, key, `{"tfa_method": "totp", `+wrong+`}`).refuses(http.StatusBadRequest, "2fa_login_failed", "The code is wrong")
			if strings.Contains(got.body, "Invalid user key") {
				s.Error("the client would forget its session")
			}
		}
		var until float64
		for range 3 {
			got := s.ask(http.MethodPost, tfa, key, `{"code": "`+s.code(0)+`"}`).refuses(http.StatusTooManyRequests, "tfa_locked", "no code counts")
			at := got.at("locked_until").(float64)
			if left := time.Until(time.Unix(int64(at), 0)); left > store.FactorLock+2*time.Second || left < store.FactorLock-time.Minute || got.header.Get("Retry-After") == "" {
				s.Errorf("locked for %s, %s", left, got.body)
			}
			if until != 0 && at-until > 1 {
				s.Error("a try in vain made it longer")
			}
			until = at
		}
		s.ask(http.MethodPost, tfa, key, `{"backup_code": "`+backup[0]+`"}`).refuses(http.StatusTooManyRequests, "tfa_locked", "no code counts")
	})
}

func TestLogin_WhatCannotBe_IsAnswered(t *testing.T) {
	s := newScene(t, "sqlite")
	alice := s.holder("alice")
	without := s.key(s.holder("bob"))
	s.withFactor(alice)
	key := s.key(alice)
	for body, code := range map[string]string{
		`{}`: "missing_auth_value", `{"tfa_method": "totp"}`: "missing_auth_value", `{"tfa_method": "email", "code": "123456", "secret": "x"}`: "invalid_tfa_method",
		`{"code": {}}`: "bad_request", `{"tfa_method_id": "x", "code": "1"}`: "bad_request",
	} {
		s.ask(http.MethodPost, tfa, key, body).refuses(http.StatusBadRequest, code, "")
	}
	for _, body := range []string{`{"code": "123456"}`, `{"backup_code": "AAAA-BBBB-CCCC"}`} {
		s.ask(http.MethodPost, tfa, without, body).refuses(http.StatusBadRequest, "tfa_method_not_configured", "no second factor")
	}
	for _, path := range []string{"sms/", "sms/resend/", "test/", "resend/", "email/"} {
		s.ask(http.MethodPost, tfa+path, key, `{}`).refuses(http.StatusBadRequest, "not_offered", "Use an authenticator app")
	}
}

// isURIOf wants what an app takes for alice's secret.
func (s *scene) isURIOf(text, letters string) {
	s.Helper()
	uri, err := url.Parse(text)
	s.must(err)
	if uri.Scheme != "otpauth" || uri.Query().Get("secret") != letters || uri.Query().Get("issuer") != "Example" || !strings.Contains(uri.Path, "alice@example.com") {
		s.Error("the URI is another")
	}
}

// Given an account with an app, when the client goes its way to another one, then it may with the code of the first, within half an hour and with
// this key alone; and the codes of both count.
func TestAnotherApp_AllowedByACode_IsAddedAndCounts(t *testing.T) {
	onEach(t, func(s *scene) {
		alice := s.holder("alice")
		s.withFactor(alice)
		key, other := s.key(alice), s.key(alice)
		made := s.ask(http.MethodPost, tfa+"totp-setup/", key, `{}`).does()
		letters := s.secret(made.text("secret"))
		s.isURIOf(made.text("provisioning_uri"), letters)
		confirm := `{"tfa_method": "totp", "code": "` + s.codeOf(letters, 0) + `", "secret": "` + letters + `", "label": "` + strings.Repeat("ü", 40) + `"}`
		s.ask(http.MethodPost, tfa+"confirm-new/", key, confirm).refuses(http.StatusForbidden, "authorization_required", "Allow another app first")

		asked := s.ask(http.MethodPost, tfa+"authorize-new-method/", key, `{"tfa_method": "totp"}`).does()
		s.ask(http.MethodPut, tfa+"authorize-new-method/", key, `{"code": "000000", "secret": "`+asked.text("secret")+`"}`).refuses(http.StatusBadRequest, "2fa_verification_failed", "wrong")
		done := s.ask(http.MethodPut, tfa+"authorize-new-method/", key, `{"code": "`+s.code(0)+`", "secret": "`+asked.text("secret")+`"}`).does()
		if done.text("msg") != "Authorization successful." || s.ask(http.MethodGet, tfa+"status/", key, "").does().at("new_method_authorized") != true {
			s.Errorf("it says %s", done.body)
		}
		s.ask(http.MethodPost, tfa+"confirm-new/", other, confirm).refuses(http.StatusForbidden, "authorization_required", "Allow another app first")
		added := s.ask(http.MethodPost, tfa+"confirm-new/", key, confirm).does()
		if strings.Contains(added.body, "backup_codes") { // there are some
			s.Errorf("it says %s", added.body)
		}
		status := s.ask(http.MethodGet, tfa+"status/", key, "").does()
		if len(status.at("methods").([]any)) != 2 || status.text("methods", 1, "label") != strings.Repeat("ü", 30) || status.number("backup_codes_remaining") != "10" {
			s.Errorf("the status is %s", status.body)
		}
		s.secret(s.ask(http.MethodPost, tfa, key, `{"tfa_method": "totp", "code": "`+s.codeOf(letters, 1)+`"}`).does().text("session_key"))
		s.exec(`UPDATE api_keys SET factor_until = '2020-01-01T00:00:00.000Z'`)
		s.ask(http.MethodPost, tfa+"confirm-new/", key, confirm).refuses(http.StatusForbidden, "authorization_required", "Allow another app first")
	})
}

// Given an account without a second factor, then a key alone adds none: who has one must not be able to keep the holder out.
func TestFirstApp_ByAKeyAlone_IsNotAdded(t *testing.T) {
	s := newScene(t, "sqlite", func(o *accountapi.Options) {
		o.Settings = &url.URL{Scheme: "https", Host: "accounts.example.com", Path: "/settings"}
	})
	alice := s.holder("alice")
	key := s.key(alice)
	letters := s.secret(s.ask(http.MethodPost, tfa+"totp-setup/", key, `{}`).does().text("secret"))
	for _, body := range []string{`{}`, `{"tfa_method": "email"}`, `{"backup_code": "AAAA-BBBB-CCCC"}`} {
		s.ask(http.MethodPost, tfa+"authorize-new-method/", key, body).refuses(http.StatusForbidden, "authorization_required", "at https://accounts.example.com/settings")
	}
	s.ask(http.MethodPut, tfa+"authorize-new-method/", key, `{"code": "123456", "secret": "app"}`).refuses(http.StatusBadRequest, "tfa_method_not_configured", "")
	s.ask(http.MethodPost, tfa+"confirm-new/", key, `{"code": "`+s.codeOf(letters, 0)+`", "secret": "`+letters+`"}`).
		refuses(http.StatusForbidden, "authorization_required", "asks for the password")
	status := s.ask(http.MethodGet, tfa+"status/", key, "").does()
	if status.at("tfa_enabled") != false || len(status.at("methods").([]any)) != 0 {
		t.Errorf("the status is %s", status.body)
	}
}

// Given an app, when its label is changed and it is removed, then the first takes a session, the second a code; and the last one stays where the
// account must have one.
func TestApp_RelabelledAndRemoved_TakesASessionAndACode(t *testing.T) {
	onEach(t, func(s *scene) {
		alice, bob := s.holder("alice"), s.holder("bob", func(want *store.AccountSpec) { want.TwoFactor = "Required" })
		backup := s.withFactor(alice)
		key := s.key(alice)
		id := s.ask(http.MethodGet, tfa+"status/", key, "").does().number("methods", 0, "id")
		s.ask(http.MethodPut, tfa+"update/", key, `{"tfa_method_id": `+id+`, "label": "work"}`).refuses(http.StatusUnauthorized, "tfa_required", "Two Factor Authentication")
		session := s.secret(s.ask(http.MethodPost, tfa, key, `{"code": "`+s.code(0)+`"}`).does().text("session_key"))
		if got := s.ask(http.MethodPut, tfa+"update/", session, `{"tfa_method_id": `+id+`, "label": "work"}`).does(); got.text("method", "label") != "work" || got.at("method", "is_primary") != true {
			s.Errorf("it says %s", got.body)
		}
		s.ask(http.MethodPut, tfa+"update/", session, `{"tfa_method_id": `+id+`, "is_primary": true}`).refuses(http.StatusBadRequest, "not_offered", "primary")
		s.ask(http.MethodPut, tfa+"update/", session, `{"tfa_method_id": 4711, "label": "x"}`).refuses(http.StatusNotFound, "not_found", "no app")

		s.ask(http.MethodDelete, tfa, session, `{"tfa_method_id": "`+id+`"}`).refuses(http.StatusBadRequest, "missing_auth_value", "")
		s.ask(http.MethodDelete, tfa, session, `{"code": "000000", "target_id": "`+id+`"}`).refuses(http.StatusBadRequest, "2fa_verification_failed", "wrong")
		gone := s.ask(http.MethodDelete, tfa, session, `{"backup_code": "`+backup[0]+`", "target_id": "`+id+`"}`).does()
		if strings.Contains(gone.body, "remaining_methods") || s.ask(http.MethodGet, tfa+"status/", key, "").does().at("tfa_enabled") != false {
			s.Errorf("it says %s", gone.body)
		}
		s.ask(http.MethodPost, secrets, key, `{"key": "A", "value": "x"}`).does()

		theirs := s.withFactor(bob)
		s.ask(http.MethodDelete, tfa, s.key(bob), `{"backup_code": "`+theirs[0]+`"}`).refuses(http.StatusForbidden, "forbidden", "must have a second factor")
	})
}

// Given a code, when new backup codes are asked for, then there are ten others, and the old ones no longer count.
func TestBackupCodes_MadeAgain_TakeTheOldOnesPlace(t *testing.T) {
	onEach(t, func(s *scene) {
		alice := s.holder("alice")
		old := s.withFactor(alice)
		key := s.key(alice)
		s.ask(http.MethodPut, tfa+"regen-backup-codes/", key, `{}`).refuses(http.StatusBadRequest, "missing_auth_value", "")
		made := s.ask(http.MethodPut, tfa+"regen-backup-codes/", key, `{"code": "`+s.code(0)+`"}`).does().at("backup_codes").([]any)
		if len(made) != 10 {
			s.Fatalf("%d codes", len(made))
		}
		for _, code := range made {
			s.secret(code.(string))
		}
		s.ask(http.MethodPost, tfa, key, `{"backup_code": "`+old[0]+`"}`).refuses(http.StatusUnauthorized, "invalid_backup_code", "")
		s.secret(s.ask(http.MethodPost, tfa, key, `{"backup_code": "`+made[9].(string)+`"}`).does().text("session_key"))
	})
}
