package portal_test

import (
	"encoding/base64"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"golang.org/x/crypto/argon2"
	"golang.org/x/net/html"
)

// opens judges a PHC string as any program would that reads the store.
func opens(t testing.TB, phc, candidate string) bool {
	t.Helper()
	parts := strings.Split(phc, "$")
	var memory, passes uint32
	var threads uint8
	if len(parts) != 6 {
		return false
	}
	if _, err := fmt.Sscanf(parts[3], "m=%d,t=%d,p=%d", &memory, &passes, &threads); err != nil {
		t.Fatal(err)
	}
	salt, err := base64.RawStdEncoding.DecodeString(parts[4])
	if err != nil {
		t.Fatal(err)
	}
	key := argon2.IDKey([]byte(candidate), salt, passes, memory, threads, 32)
	return parts[5] == base64.RawStdEncoding.EncodeToString(key)
}

func TestReset_UsedTwice_ChangesThePasswordOnce(t *testing.T) {
	s := newScene(t)
	alice := s.settledAccount("alice")
	token := s.resetFor(alice)

	form := s.open("/password", token).shows(t, http.StatusOK, "Choose a password").field(t, "token")
	s.post("/password", "token", form, "password", fine, "repeat", fine).shows(t, http.StatusOK, "Your password is set")
	s.post("/password", "token", form, "password", fine+"!", "repeat", fine+"!").shows(t, http.StatusGone, expiredHeading)

	if !opens(t, s.password(alice), fine) {
		t.Error("the password is not the first that was chosen")
	}
}

func TestChoose_BadPassword_IsReportedBesideItsField(t *testing.T) {
	s := newScene(t)
	alice := s.settledAccount("alice")
	token := s.resetFor(alice)
	for name, test := range map[string]struct{ password, repeat, field, says string }{
		"too short":       {"tall-violet", "tall-violet", "password", "at least 12 characters"},
		"common":          {"Password1234", "Password1234", "password", "first that would be tried"},
		"the address":     {alice, alice, "password", "your address"},
		"too long":        {strings.Repeat("tall violet ", 30), strings.Repeat("tall violet ", 30), "password", "too long"},
		"none":            {"", "", "password", "Enter a password"},
		"typed amiss":     {fine, fine + "s", "repeat", "two passwords differ"},
		"not typed again": {fine, "", "repeat", "two passwords differ"},
	} {
		t.Run(name, func(t *testing.T) {
			got := s.post("/password", "token", string(token.Reveal()), "password", test.password, "repeat", test.repeat).
				shows(t, http.StatusUnprocessableEntity, "Choose a password")
			described := describedBy(t, got.parse(t), test.field)
			if !strings.Contains(described, test.says) {
				t.Errorf("beside the field: %q", described)
			}
			if len(test.password) >= 11 && test.password != alice && strings.Contains(got.body, test.password) {
				t.Error("the page shows the password")
			}
			if !strings.HasPrefix(visible(elements(got.parse(t), "title")[0]), "Error: ") {
				t.Error("the title does not tell of an error")
			}
		})
	}
	if got := s.password(alice); got != former {
		t.Error("the password was changed")
	}
	s.post("/password", "token", string(token.Reveal()), "password", fine, "repeat", fine).shows(t, http.StatusOK, "Your password is set")
}

// describedBy is what a screen reader says of a field that is in error.
func describedBy(t testing.TB, page *html.Node, id string) (text string) {
	t.Helper()
	for _, field := range elements(page, "input") {
		if attribute(field, "id") != id || attribute(field, "aria-invalid") != "true" {
			continue
		}
		for _, description := range strings.Fields(attribute(field, "aria-describedby")) {
			for _, n := range elements(page) {
				if attribute(n, "id") == description {
					text += visible(n) + " "
				}
			}
		}
	}
	return text
}

func TestChoose_PasswordManager_LearnsWhosePasswordItKeeps(t *testing.T) {
	s := newScene(t)
	alice := s.settledAccount("alice")
	got := map[string]string{}
	for _, field := range elements(s.open("/password", s.resetFor(alice)).parse(t), "input") {
		got[attribute(field, "id")] = attribute(field, "autocomplete") + " " + attribute(field, "value")
	}
	if got["username"] != "username "+alice || got["password"] != "new-password " || got["repeat"] != "new-password " {
		t.Errorf("got %v", got)
	}
}
