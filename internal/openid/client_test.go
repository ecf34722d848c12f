package openid_test

import (
	"bytes"
	"errors"
	"net/url"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/go-logr/logr"
	"go.uber.org/goleak"

	"github.com/account-operator/account-operator/internal/openid"
	"github.com/account-operator/account-operator/test/await"
	"github.com/account-operator/account-operator/test/logged"
	provider "github.com/account-operator/account-operator/test/openid"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const (
	clientSecret = "canary-of-the-client"
	// key stands for a cookie that only one browser has.
	key = "canary-of-a-browser"
)

var (
	alice = provider.User{ID: "alice", Username: "alice", Password: "canary-of-alice", Email: "alice@example.com", EmailVerified: true}
	bob   = provider.User{ID: "bob", Username: "bob", Password: "canary-of-bob", Email: "bob@example.com"}
	carol = provider.User{ID: "carol", Username: "carol", Password: "canary-of-carol", Email: "carol@example.com", EmailVerified: true, MultiFactor: true}
)

// scene is our client at a real provider. Its log must name no secret.
type scene struct {
	*testing.T
	provider   *provider.Provider
	client     *openid.Client
	secretFile string
}

func newScene(t *testing.T) *scene {
	t.Helper()
	s := &scene{T: t, secretFile: filepath.Join(t.TempDir(), "secret")}
	redirect := &url.URL{Scheme: "http", Host: "127.0.0.1:1", Path: "/sign-in/openid"}
	var err error
	s.provider, err = provider.New(t.Context(), "../..", clientSecret, redirect.String(), alice, bob, carol)
	s.must(err)
	t.Cleanup(func() { s.must(s.provider.Close()) })
	s.holds(clientSecret)
	s.client, err = openid.New(openid.Options{
		Issuer: s.provider.Issuer, ClientID: provider.ClientID, SecretFile: s.secretFile, Scopes: []string{"email"}, CAFile: s.provider.CAFile,
		Redirect: redirect, Log: quiet(t),
	})
	s.must(err)
	return s
}

// quiet is a log in which no canary may be.
func quiet(t *testing.T) logr.Logger {
	t.Helper()
	log := &logged.Log{}
	t.Cleanup(func() {
		if bytes.Contains(log.Bytes(), []byte("canary")) {
			t.Errorf("a secret is in the log")
		}
	})
	return log.Logger()
}

func (s *scene) must(err error) {
	s.Helper()
	if err != nil {
		s.Fatal(err)
	}
}

// holds writes the file of the client's secret.
func (s *scene) holds(secret string) {
	s.Helper()
	s.must(os.WriteFile(s.secretFile, []byte(secret+"\n"), 0o600))
}

// started is the provider, running.
func started(t *testing.T) *scene {
	t.Helper()
	s := newScene(t)
	s.must(s.provider.Start(t.Context()))
	return s
}

// led is what the browser brings back from there.
func (s *scene) led(key string, again bool, who provider.User) url.Values {
	s.Helper()
	at, err := s.client.Begin(s.Context(), key, again)
	s.must(err)
	back, err := s.provider.SignIn(s.Context(), at, who)
	s.must(err)
	u, err := url.Parse(back)
	s.must(err)
	return u.Query()
}

func TestClient_RealProvider_SaysWhoSignedIn(t *testing.T) {
	s := started(t)
	for _, each := range []struct {
		user provider.User
		want openid.Person
	}{
		{alice, openid.Person{Issuer: s.provider.Issuer, Subject: "alice", Email: "alice@example.com"}},
		{bob, openid.Person{Issuer: s.provider.Issuer, Subject: "bob"}}, // whose address it has not verified
		{carol, openid.Person{Issuer: s.provider.Issuer, Subject: "carol", Email: "carol@example.com", MultiFactor: true}},
	} {
		got, err := s.client.Complete(t.Context(), key, s.led(key, true, each.user))
		s.must(err)
		if age := time.Since(got.At); age < 0 || age > time.Minute {
			t.Errorf("%s: signed in %s ago", each.user.ID, age)
		}
		if got.At = (time.Time{}); got != each.want {
			t.Errorf("%s: got %+v", each.user.ID, got)
		}
	}
}

// Given an answer that was good, when it is brought again, or by another browser, then it is not.
func TestClient_AnswerTwiceOrElsewhere_IsRefused(t *testing.T) {
	s := started(t)
	answer := s.led(key, false, alice)
	for name, k := range map[string]string{"another browser": "another", "one without a cookie": ""} {
		if _, err := s.client.Complete(t.Context(), k, answer); !errors.Is(err, openid.ErrRefused) {
			t.Errorf("%s: %v", name, err)
		}
	}
	_, err := s.client.Complete(t.Context(), key, answer)
	s.must(err)
	if _, err := s.client.Complete(t.Context(), key, answer); !errors.Is(err, openid.ErrRefused) {
		t.Errorf("a code twice: %v", err)
	}
	// The provider, too, knows for whom it made a code: with the state of another sign-in its verifier is another.
	mine, theirs := s.led(key, false, alice), s.led("another", false, bob)
	mine.Set("code", theirs.Get("code"))
	if _, err := s.client.Complete(t.Context(), key, mine); !errors.Is(err, openid.ErrRefused) {
		t.Errorf("another browser's code: %v", err)
	}
}

// Given a provider that is away when we start, when it comes, goes and comes with other keys, then visitors sign in whenever it is there, and hear
// soon when it is not.
func TestClient_ProviderComesAndGoes_IsAskedAgain(t *testing.T) {
	s := newScene(t)
	begun := time.Now()
	if _, err := s.client.Begin(t.Context(), key, false); !errors.Is(err, openid.ErrAway) || time.Since(begun) > 10*time.Second {
		t.Errorf("after %s: %v", time.Since(begun), err)
	}
	s.must(s.provider.Start(t.Context()))
	s.comes()
	_, err := s.client.Complete(t.Context(), key, s.led(key, false, alice))
	s.must(err)
	answer := s.led(key, false, alice)
	s.must(s.provider.Stop())
	if _, err := s.client.Complete(t.Context(), key, answer); !errors.Is(err, openid.ErrAway) {
		t.Errorf("while it is away: %v", err)
	}
	s.must(s.provider.Start(t.Context()))
	_, err = s.client.Complete(t.Context(), key, s.led(key, false, alice))
	s.must(err)
}

// Given a client's secret that the provider does not know, when the file gets the right one, then visitors sign in.
func TestClient_SecretIsReplaced_IsReadAgain(t *testing.T) {
	s := started(t)
	s.holds("canary-of-before")
	if _, err := s.client.Complete(t.Context(), key, s.led(key, false, alice)); !errors.Is(err, openid.ErrAway) {
		t.Errorf("with another secret: %v", err)
	}
	s.holds(clientSecret)
	_, err := s.client.Complete(t.Context(), key, s.led(key, false, alice))
	s.must(err)
}

// comes waits until the provider may be asked again, and is.
func (s *scene) comes() {
	s.Helper()
	for pauses, deadline := await.Pauses(), time.Now().Add(time.Minute); ; <-time.After(pauses.Step()) {
		if _, err := s.client.Begin(s.Context(), key, false); err == nil {
			return
		}
		if time.Now().After(deadline) {
			s.Fatal("the provider is there, and is not asked")
		}
	}
}

func TestNew_WrongOptions_SayWhatIsWrong(t *testing.T) {
	empty := filepath.Join(t.TempDir(), "empty")
	if err := os.WriteFile(empty, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for name, o := range map[string]openid.Options{
		"clear text":        {Issuer: "http://login.example.com", ClientID: "us"},
		"no address":        {Issuer: "login", ClientID: "us"},
		"with a query":      {Issuer: "https://login.example.com/?a=b", ClientID: "us"},
		"no client":         {Issuer: "https://login.example.com"},
		"no such secret":    {Issuer: "https://login.example.com", ClientID: "us", SecretFile: "/nowhere"},
		"an empty secret":   {Issuer: "https://login.example.com", ClientID: "us", SecretFile: empty},
		"no such authority": {Issuer: "https://login.example.com", ClientID: "us", CAFile: "/nowhere"},
		"an empty one":      {Issuer: "https://login.example.com", ClientID: "us", CAFile: empty},
	} {
		if _, err := openid.New(o); err == nil {
			t.Errorf("%s: is taken", name)
		}
	}
}
