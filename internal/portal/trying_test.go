package portal_test

import (
	"net"
	"net/http"
	"net/netip"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/account-operator/account-operator/internal/portal"
	"github.com/account-operator/account-operator/internal/probe"
	"github.com/account-operator/account-operator/internal/store"
	"github.com/account-operator/account-operator/test/await"
	"github.com/account-operator/account-operator/test/standin"
)

// dropboxOf is what is typed to connect the Dropbox of a token.
func dropboxOf(token string, more ...string) []string {
	return append([]string{"type", "Dropbox", "displayName", "Papers", "refreshToken", token, "appKey", "app-canary-1", "appSecret", "app-canary-2"}, more...)
}

const (
	goodToken = "token-canary-that-is-good"
	badToken  = "token-canary-that-is-not"
)

// newSceneWithDropbox has a stand-in for Dropbox, which knows the good token and counts how often it is asked.
func newSceneWithDropbox(t *testing.T) (s *scene, asked *atomic.Int32) {
	t.Helper()
	asked = &atomic.Int32{}
	dropbox := standin.Dropbox{AppKey: "app-canary-1", AppSecret: "app-canary-2", RefreshToken: goodToken}.Start()
	t.Cleanup(dropbox.Close)
	answer := dropbox.Config.Handler
	dropbox.Config.Handler = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/oauth2/token" {
			asked.Add(1)
		}
		answer.ServeHTTP(w, r)
	})
	s = newSceneWith(t, portal.Options{Checker: &probe.Checker{
		Timeout: 20 * time.Second, RootCAs: standin.CA(), Allow: []netip.Prefix{netip.MustParsePrefix("127.0.0.1/32")},
		Dropbox: strings.TrimPrefix(dropbox.URL, "https://"),
	}})
	s.secrets = append(s.secrets, []byte(goodToken), []byte(badToken), []byte("app-canary-2"))
	return s, asked
}

// connectionVersion grows when the only connection is replaced.
const connectionVersion = `SELECT version FROM connections`

// connections are what an account has.
func (s *scene) connections(email string) []store.HeldConnection {
	s.Helper()
	all, err := s.store.Holder(s.accountID(email)).Connections(s.Context())
	s.must(err)
	return all
}

func TestTrying_ProviderTakesIt_IsConnected(t *testing.T) {
	s, asked := newSceneWithDropbox(t)
	b := s.signedIn("alice", nothingSet)
	b.get("/settings/connections/new?type=Dropbox").says(t, "Ask the provider first")

	b.post("/settings/connections", dropboxOf(goodToken, "try", "on")...).shows(t, http.StatusOK, connectionsHeading).says(t, "Papers")

	if asked.Load() != 1 || len(s.connections("alice@example.com")) != 1 {
		t.Errorf("asked %d times, %d connections", asked.Load(), len(s.connections("alice@example.com")))
	}
}

// Given credentials that the provider does not know, then nothing is written, none of them is on the page, and who insists connects without
// asking.
func TestTrying_ProviderRefuses_WritesNothingUnlessUnasked(t *testing.T) {
	s, asked := newSceneWithDropbox(t)
	b := s.signedIn("alice", nothingSet)

	page := b.post("/settings/connections", dropboxOf(badToken, "try", "on")...).shows(t, http.StatusUnprocessableEntity, "Connect Dropbox").
		says(t, "The provider does not know these credentials").says(t, "Nothing was changed")

	if strings.Contains(page.body, "canary") || page.field(t, "displayName") != "Papers" {
		t.Error("a credential is on the page, or the name is not")
	}
	assertIDs(t, page.parse(t))
	if all := s.connections("alice@example.com"); len(all) != 0 {
		t.Errorf("%d connections", len(all))
	}
	b.post("/settings/connections", dropboxOf(badToken)...).shows(t, http.StatusOK, connectionsHeading).says(t, "Papers")
	if asked.Load() != 1 {
		t.Errorf("the provider was asked %d times", asked.Load())
	}
}

func TestTrying_CredentialsReplaced_AreAskedForAndKeepTheConnection(t *testing.T) {
	s, _ := newSceneWithDropbox(t)
	b := s.signedIn("alice", nothingSet)
	b.post("/settings/connections", dropboxOf(goodToken, "try", "on")...).shows(t, http.StatusOK, connectionsHeading)
	before, version := s.connected(), s.number(connectionVersion)
	form := b.get("/settings/connections/replace?id="+before.ID).shows(t, http.StatusOK, "New credentials for Dropbox")
	if form.field(t, "displayName") != "Papers" || form.field(t, "id") != before.ID || form.field(t, "refreshToken") != "" {
		t.Error("the form does not have what the connection has, without credentials")
	}

	b.post("/settings/connections", dropboxOf(badToken, "try", "on", "id", before.ID)...).
		shows(t, http.StatusUnprocessableEntity, "New credentials for Dropbox")
	if s.number(connectionVersion) != version {
		t.Error("it was replaced")
	}
	b.post("/settings/connections", dropboxOf(goodToken, "try", "on", "id", before.ID)...).shows(t, http.StatusOK, connectionsHeading)

	if after := s.connected(); after.ID != before.ID || s.number(connectionVersion) <= version {
		t.Errorf("%s of version %d became %s of version %d", before.ID, version, after.ID, s.number(connectionVersion))
	}
}

func TestTrying_ConnectionOfAnObjectOrAnother_IsNotReplaced(t *testing.T) {
	s, _ := newSceneWithDropbox(t)
	b := s.signedIn("alice", nothingSet)
	claim := store.Claim{Cluster: "cluster", Kind: store.KindCloudConnection, Namespace: "team", NamespaceUID: "team", Name: "data", UID: "data"}
	_, err := s.fenced.Connections().Put(t.Context(), claim, s.claimOf("alice@example.com"), store.Connection{DisplayName: "Team's", Type: "Dropbox"}, store.Mark{})
	s.must(err)
	theirs, version := s.connected(), s.number(connectionVersion)

	b.get("/settings/connections/replace?id="+theirs.ID).shows(t, http.StatusOK, connectionsHeading)
	b.post("/settings/connections", dropboxOf(goodToken, "id", theirs.ID)...).shows(t, http.StatusUnprocessableEntity, connectionsHeading)
	s.signedIn("mallory", nothingSet).post("/settings/connections", dropboxOf(goodToken, "id", theirs.ID)...).shows(t, http.StatusOK, connectionsHeading)

	if got := s.connected(); got.DisplayName != "Team's" || s.number(connectionVersion) != version || len(s.connections("mallory@example.com")) != 0 {
		t.Errorf("it is %q, of version %d", got.DisplayName, s.number(connectionVersion))
	}
}

// The page asks what the operator may ask, and nothing inside the network.
func TestTrying_EndpointInside_IsNotReached(t *testing.T) {
	inside, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	reached := make(chan struct{})
	go func() {
		defer close(reached)
		if c, err := inside.Accept(); err == nil {
			_ = c.Close()
			t.Error("something inside was reached")
		}
	}()
	s := newSceneWith(t, portal.Options{Checker: &probe.Checker{Timeout: 5 * time.Second}})
	b := s.signedIn("alice", nothingSet)

	b.post("/settings/connections", append(slices.Clone(ofS3), "endpoint", "https://"+inside.Addr().String(), "try", "on")...).
		shows(t, http.StatusUnprocessableEntity, "Connect Amazon S3").says(t, "leads nowhere that may be asked")

	s.must(inside.Close())
	await.Value(t, reached)
}

// Given a provider that never answers, then the page does within the checker's time, and who asks meanwhile has to wait.
func TestTrying_ProviderHangs_EndsInTimeAndOneAtATime(t *testing.T) {
	hanging, err := net.Listen("tcp", "127.0.0.1:0") // it takes connections, and nothing comes of them
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = hanging.Close() })
	s := newSceneWith(t, portal.Options{Checker: &probe.Checker{
		Timeout: time.Second, Allow: []netip.Prefix{netip.MustParsePrefix("127.0.0.1/32")}, Dropbox: hanging.Addr().String(),
	}})
	b := s.signedIn("alice", nothingSet)
	first := make(chan seen, 1)
	go func() { first <- b.post("/settings/connections", dropboxOf(goodToken, "try", "on")...) }()
	if c, err := hanging.Accept(); err == nil {
		defer func() { _ = c.Close() }()
	}

	b.post("/settings/connections", dropboxOf(goodToken, "try", "on")...).shows(t, http.StatusUnprocessableEntity, "Connect Dropbox").says(t, "asked too often")

	await.Value(t, first).shows(t, http.StatusUnprocessableEntity, "Connect Dropbox").says(t, "did not answer as it should")
}

func TestTrying_AskedOften_AsksNoMoreForThatAccount(t *testing.T) {
	s, asked := newSceneWithDropbox(t)
	alice, bob := s.signedIn("alice", nothingSet), s.signedIn("bob", nothingSet)
	for range 10 {
		alice.post("/settings/connections", dropboxOf(badToken, "try", "on")...).says(t, "does not know these credentials")
	}
	alice.post("/settings/connections", dropboxOf(badToken, "try", "on")...).shows(t, http.StatusUnprocessableEntity, "Connect Dropbox").says(t, "asked too often")
	if asked.Load() != 10 {
		t.Errorf("the provider was asked %d times", asked.Load())
	}
	bob.post("/settings/connections", dropboxOf(goodToken, "try", "on")...).shows(t, http.StatusOK, connectionsHeading)
}
