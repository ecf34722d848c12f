package accountapi

import (
	"net/http"
	"strings"
	"unicode/utf8"

	"github.com/account-operator/account-operator/internal/factor"
	"github.com/account-operator/account-operator/internal/store"
)

const tfaPath = "/api/v0/tfa"

func (s *service) factorRoutes() []route {
	const noSMS = "Codes are not sent to phones. Use an authenticator app (tfa totp-setup)."
	all := []route{
		{
			method: http.MethodGet, path: tfaPath + "/status", right: store.KeyUserRead, use: proves, command: "tfa status",
			does: "the apps, and how many backup codes are left", answer: s.factorStatus,
		},
		{
			method: http.MethodPost, path: tfaPath, right: anyKey, use: proves, command: "tfa login",
			does: "for the code of an app, or a backup code: a session key that lasts 24 hours and may what the key may", answer: s.login,
		},
		{
			method: http.MethodDelete, path: tfaPath, right: store.KeyUserWrite, use: proves, command: "tfa delete",
			does: "removes an app, for a code; with the last one, the backup codes too. Where the account must have a second factor, not the last one", answer: s.removeFactor,
		},
		{
			method: http.MethodPut, path: tfaPath + "/update", right: store.KeyUserWrite, use: writes, command: "tfa update",
			does: "gives an app another label. None is the primary one: each counts alike", answer: s.updateFactor,
		},
		{
			method: http.MethodPut, path: tfaPath + "/regen-backup-codes", right: store.KeyUserWrite, use: proves, command: "tfa regen-codes",
			does: "ten new backup codes, for a code; the old ones no longer count", answer: s.newCodes,
		},
		{
			method: http.MethodPost, path: tfaPath + "/totp-setup", right: store.KeyUserWrite, use: proves, command: "tfa totp-setup",
			does: "a new key for an authenticator app. Nothing is stored yet", answer: s.setUpApp,
		},
		{
			method: http.MethodPost, path: tfaPath + "/authorize-new-method", right: store.KeyUserWrite, use: proves, command: "tfa auth-new",
			does: "begins to allow another app: by the code of one, which comes next, or at once by a backup code", answer: s.askToAdd,
		},
		{
			method: http.MethodPut, path: tfaPath + "/authorize-new-method", right: store.KeyUserWrite, use: proves, command: "tfa auth-new",
			does: "for the code of an app: this key may add another one for 30 minutes", answer: s.allowToAdd,
		},
		{
			method: http.MethodPost, path: tfaPath + "/confirm-new", right: store.KeyUserWrite, use: proves, command: "tfa activate",
			does: "adds the app whose key and code it gets, and answers ten backup codes with the first one", answer: s.addApp,
		},
	}
	for _, path := range []string{"/sms", "/sms/resend", "/test", "/resend"} {
		all = append(all, route{method: http.MethodPost, path: tfaPath + path, right: store.KeyUserWrite, use: proves, command: "tfa send-sms", cannot: noSMS})
	}
	return append(all, route{
		method: http.MethodPost, path: tfaPath + "/email", right: store.KeyUserWrite, use: proves, command: "tfa send-email",
		cannot: "Codes are not mailed. Use an authenticator app, or a backup code.",
	})
}

// methods are the account's apps. A store counts wrong codes an account, not a method.
func (s *service) methods(q *request) (apps []store.Factor, err error) {
	all, err := s.Store.Factors(q.Context(), q.in.AccountID)
	for _, each := range all {
		if each.Method == store.FactorTOTP {
			apps = append(apps, each)
		}
	}
	return apps, err
}

func (q *request) methodShown(app store.Factor, primary bool) map[string]any {
	return map[string]any{
		"id": numberOf(app.ID), "user_id": numberOf(q.in.AccountID), "method": "totp", "label": app.Name, "phone_number": nil,
		"is_primary": primary, "fail_count": nil, "locked_until": nil, "created_at": unix(app.Created), "last_used": nil,
	}
}

func (s *service) factorStatus(q *request) (any, error) {
	apps, err := s.methods(q)
	if err != nil {
		return nil, err
	}
	account, err := q.holder.Account(q.Context())
	if err != nil {
		return nil, err
	}
	shown := make([]map[string]any, len(apps))
	for n, app := range apps {
		shown[n] = q.methodShown(app, n == 0)
	}
	return map[string]any{
		"success": true, "tfa_enabled": q.in.HasFactor, "methods": shown, "backup_codes_remaining": account.Factors.BackupCodesRemaining,
		"new_method_authorized": q.in.MayAddFactor,
	}, nil
}

// login gives a session of the key for a code.
func (s *service) login(q *request) (any, error) {
	given, err := q.proof()
	if err != nil {
		return nil, err
	}
	if err := s.prove(q, given, "2fa_login_failed"); err != nil {
		return nil, err
	}
	session, _, err := q.holder.BeginKeySession(q.Context(), q.in.ID)
	if err != nil {
		return nil, err
	}
	account, err := q.holder.Account(q.Context())
	if err != nil {
		return nil, err
	}
	user := userOf(q.in, account)
	user["success"], user["session_key"] = true, string(session.Reveal())
	if left := account.Factors.BackupCodesRemaining; given.BackupCode != "" && left > 0 {
		user["backup_codes_remaining"] = left
	}
	return user, nil
}

// app is the one that a number names, and without a number the only one; all of them, too.
func (s *service) app(q *request, id number) (app store.Factor, all []store.Factor, err error) {
	if all, err = s.methods(q); err != nil {
		return app, nil, err
	}
	for _, each := range all {
		if id == numberOf(each.ID) || id == 0 && len(all) == 1 {
			return each, all, nil
		}
	}
	if id == 0 && len(all) > 0 {
		return app, nil, newProblem(http.StatusBadRequest, "missing_params", "There are several apps: say which, by its ID.")
	}
	return app, nil, newProblem(http.StatusNotFound, "not_found", "The account has no app of this ID.")
}

func (s *service) removeFactor(q *request) (any, error) {
	given, err := q.proof()
	if err != nil {
		return nil, err
	}
	target := given.Target
	if target == 0 {
		target = given.Method
	}
	app, all, err := s.app(q, target)
	switch {
	case err != nil:
		return nil, err
	case len(all) == 1 && q.in.TwoFactor == "Required":
		return nil, newProblem(http.StatusForbidden, "forbidden", "This account must have a second factor. Add another app first, then remove this one.")
	}
	if err := s.prove(q, given, "2fa_verification_failed"); err != nil {
		return nil, err
	}
	if err := s.Store.RemoveFactor(q.Context(), q.in.AccountID, app.ID); err != nil {
		return nil, err
	}
	if len(all) == 1 {
		return map[string]any{"success": true, "msg": "The last app was removed: no code is asked for any more."}, nil
	}
	return map[string]any{"success": true, "msg": "The app was removed.", "remaining_methods": len(all) - 1}, nil
}

func (s *service) updateFactor(q *request) (any, error) {
	var given struct {
		Method  number `json:"tfa_method_id"`
		Label   *text
		Primary *bool `json:"is_primary"`
	}
	if err := q.read(&given); err != nil {
		return nil, err
	}
	app, all, err := s.app(q, given.Method)
	switch {
	case err != nil:
		return nil, err
	case given.Primary != nil:
		return nil, notOffered("No app is the primary one: each counts alike. Nothing was changed.")
	case given.Label == nil:
		return nil, newProblem(http.StatusBadRequest, "missing_params", "Give a label.")
	}
	app.Name = label(string(*given.Label))
	if err := s.Store.NameFactor(q.Context(), q.in.AccountID, app.ID, app.Name); err != nil {
		return nil, err
	}
	return map[string]any{"success": true, "msg": "The app has its new label.", "method": q.methodShown(app, app.ID == all[0].ID)}, nil
}

// maxLabel is how many characters the client's labels have.
const maxLabel = 30

// label is what an app is called: as it was given, cut to what is taken.
func label(given string) string {
	name := strings.TrimSpace(strings.ReplaceAll(strings.ToValidUTF8(given, ""), "\x00", ""))
	for utf8.RuneCountInString(name) > maxLabel {
		_, last := utf8.DecodeLastRuneInString(name)
		name = name[:len(name)-last]
	}
	if name == "" {
		return "Authenticator app"
	}
	return name
}

func (s *service) newCodes(q *request) (any, error) {
	given, err := q.proof()
	if err != nil {
		return nil, err
	}
	if err := s.prove(q, given, "2fa_verification_failed"); err != nil {
		return nil, err
	}
	codes, err := s.giveCodes(q)
	if err != nil {
		return nil, err
	}
	return map[string]any{"success": true, "msg": "These codes are shown this once; the old ones no longer count.", "backup_codes": codes}, nil
}

// giveCodes replaces the account's backup codes.
func (s *service) giveCodes(q *request) (texts []string, err error) {
	var codes []store.Secret
	var hashes [][]byte
	if err := s.Hasher.InTurn(q.Context(), func() { codes, hashes = factor.NewBackupCodes(q.in.AccountID) }); err != nil {
		return nil, err
	}
	for _, code := range codes {
		texts = append(texts, string(code.Reveal()))
	}
	return texts, s.Store.EnrolBackupCodes(q.Context(), q.in.AccountID, hashes)
}
