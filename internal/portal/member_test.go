package portal_test

import (
	"context"
	"encoding/base32"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"strings"
	"sync"
	"time"

	"github.com/pquerna/otp"
	"github.com/pquerna/otp/totp"

	"github.com/account-operator/account-operator/internal/factor"
	"github.com/account-operator/account-operator/internal/password"
	"github.com/account-operator/account-operator/internal/store"
)

// fineHash is of the password fine.
var fineHash = sync.OnceValues(func() (string, error) {
	hash, err := password.NewHasher().Hash(context.Background(), fine)
	return string(hash.Reveal()), err
})

// member is a settled account with the password fine.
func (s *scene) member(name string) (email string) {
	s.Helper()
	email = s.settledAccount(name)
	hash, err := fineHash()
	s.must(err)
	s.exec(`UPDATE accounts SET password_hash = $1 WHERE email = $2`, hash, email)
	return email
}

func (s *scene) exec(query string, args ...any) {
	s.Helper()
	_, err := s.sql.ExecContext(s.Context(), query, args...)
	s.must(err)
}

func (s *scene) number(query string) (n int) {
	s.Helper()
	s.must(s.sql.QueryRowContext(s.Context(), query).Scan(&n))
	return n
}

func (s *scene) accountID(email string) (id string) {
	s.Helper()
	s.must(s.sql.QueryRowContext(s.Context(), `SELECT CAST(id AS TEXT) FROM accounts WHERE email = $1`, email).Scan(&id))
	return id
}

// seed is what an app of these tests has.
const seed = "canary-seed-20-bytes"

// withApp gives the account an authenticator app.
func (s *scene) withApp(email string) {
	s.Helper()
	s.must(s.store.EnrolTOTP(s.Context(), s.accountID(email), "phone", store.NewSecret([]byte(seed)), 0))
}

// withCodes gives the account backup codes, and returns one.
func (s *scene) withCodes(email string) string {
	s.Helper()
	id := s.accountID(email)
	codes, hashes := factor.NewBackupCodes(id)
	s.must(s.store.EnrolBackupCodes(s.Context(), id, hashes))
	return string(codes[0].Reveal())
}

// code is what the app shows, so many steps from now.
func (s *scene) code(steps int) string {
	s.Helper()
	text, err := totp.GenerateCodeCustom(base32.StdEncoding.EncodeToString([]byte(seed)), time.Now().Add(time.Duration(steps)*30*time.Second),
		totp.ValidateOpts{Period: 30, Digits: otp.DigitsSix})
	s.must(err)
	return text
}

// guest is a browser that keeps cookies.
type guest struct {
	*scene
	client *http.Client
}

func (s *scene) browser() *guest {
	s.Helper()
	jar, err := cookiejar.New(nil)
	s.must(err)
	return &guest{s, &http.Client{Transport: s.http.Transport, Timeout: s.http.Timeout, Jar: jar}}
}

func (b *guest) get(path string) seen {
	b.Helper()
	request, err := http.NewRequestWithContext(b.Context(), http.MethodGet, b.url+path, nil)
	b.must(err)
	return b.doBy(b.client, request)
}

func (b *guest) post(path string, fields ...string) seen {
	b.Helper()
	return b.doBy(b.client, b.form(path, fields...))
}

// signIn gives the right password.
func (b *guest) signIn(email string) seen {
	b.Helper()
	return b.post("/sign-in", "email", email, "password", fine)
}

// signInWith gives the right password, and a code.
func (b *guest) signInWith(email, code string) {
	b.Helper()
	b.signIn(email).shows(b, http.StatusOK, "Enter a code")
	b.post("/sign-in/code", "code", code).shows(b, http.StatusOK, "Your settings")
}

// cookie is what the browser has of the name; empty for none.
func (b *guest) cookie(name string) string {
	b.Helper()
	at, err := url.Parse(b.url)
	b.must(err)
	for _, each := range b.client.Jar.Cookies(at) {
		if each.Name == name {
			b.secrets = append(b.secrets, []byte(each.Value))
			return each.Value
		}
	}
	return ""
}

// plant gives the browser a cookie that no page gave it.
func (b *guest) plant(name, value string) {
	b.Helper()
	at, err := url.Parse(b.url)
	b.must(err)
	b.client.Jar.SetCookies(at, []*http.Cookie{{Name: name, Value: strings.TrimSpace(value), Path: "/"}})
}

// open follows a link in this browser.
func (b *guest) open(path string, token store.Secret) seen {
	b.Helper()
	return b.get(path + "?token=" + url.QueryEscape(string(token.Reveal())))
}
