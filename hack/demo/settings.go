package main

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"time"

	"github.com/pquerna/otp/totp"
)

const settingsTitle = "Your settings"

// signIn takes the holder to the page of settings.
func signIn(ctx context.Context, s *stage) error {
	_, err := s.sends(ctx, "/sign-in", url.Values{"email": {"alice@example.com"}, "password": {s.holder.password}}, settingsTitle)
	return err
}

var notDark = url.Values{"preferences.theme": {"Light"}}

// mayNotSwitch tries to switch dark mode off, which the spec has on.
func mayNotSwitch(ctx context.Context, s *stage) error {
	page, err := s.visits(ctx, http.MethodPost, "/settings/appearance", notDark, http.StatusUnprocessableEntity, settingsTitle)
	if err != nil {
		return err
	}
	const why = "Your platform team sets this. Nothing was changed."
	if !strings.Contains(page, why) {
		return errors.New("the page does not say why dark mode stays on")
	}
	s.screen.result("it says: %s", why)
	return nil
}

// switchOff does switch dark mode off.
func switchOff(ctx context.Context, s *stage) error {
	page, err := s.sends(ctx, "/settings/appearance", notDark, settingsTitle)
	if err == nil && !strings.Contains(page, `class="light"`) {
		err = errors.New("the page is dark")
	}
	return err
}

// mailedCode is as a mail has it.
var mailedCode = regexp.MustCompile(`(?m)^[A-Z2-7]{4}(-[A-Z2-7]{4}){2}$`)

// addApp sets an authenticator app up: it has a code mailed, reads the key from the page, and gives that code and the app's.
func addApp(ctx context.Context, s *stage) error {
	page, err := s.sends(ctx, "/settings/two-factor/mail", nil, "Add an authenticator app")
	if err != nil {
		return err
	}
	_, text, err := s.awaitMail(ctx, mailedCode)
	if err != nil {
		return err
	}
	s.screen.result("a mail with a code, which only she gets")
	form := hiddenFields(page)
	form.Set("mailed", mailedCode.FindString(text))
	code, err := totp.GenerateCode(form.Get("seed"), time.Now())
	if err != nil {
		return err
	}
	form.Set("name", "phone")
	form.Set("code", code)
	_, err = s.sends(ctx, "/settings/two-factor/add", form, "Save your backup codes")
	return err
}
