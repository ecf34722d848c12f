package reader_test

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"testing"
	"time"

	"github.com/account-operator/account-operator/internal/reader"
	"github.com/account-operator/account-operator/internal/store"
	"github.com/account-operator/account-operator/test/await"
)

// after asks for changes.
func (s *scene) after(key, cursor string, timeout int) answer {
	s.Helper()
	query := url.Values{"timeout": {strconv.Itoa(timeout)}}
	if cursor != "" {
		query.Set("after", cursor)
	}
	return s.ask(http.MethodGet, "/v1/changes?"+query.Encode(), key)
}

// begun is a cursor to begin with.
func (s *scene) begun(key string) string {
	s.Helper()
	return decoded[reader.Changes](s, s.after(key, "", 0)).Cursor
}

// waits has a client wait for changes.
func (s *scene) waits(key, cursor string) <-chan answer {
	answers := make(chan answer, 1)
	go func() { answers <- s.after(key, cursor, 60) }()
	return answers
}

// Given a client that waits, when an account changes that it may read, then it has it at once, with a cursor that goes on from there;
// and what others have does not wake him.
func TestChanges_AccountChanges_WakesWhoMayReadIt(t *testing.T) {
	s := newScene(t)
	_, all := s.key([]string{store.RightChanges})
	_, ofBob := s.key([]string{store.RightChanges}, s.bob)
	both, bobs := s.waits(all, s.begun(all)), s.waits(ofBob, s.begun(ofBob))
	s.set("alice", "TOKEN", "another")
	first := decoded[reader.Changes](t, await.Value(t, both))
	if !slices.Equal(first.Accounts, []string{s.alice}) {
		t.Errorf("%+v", first)
	}
	s.set("bob", "TOKEN", "another")
	if got := decoded[reader.Changes](t, await.Value(t, bobs)); !slices.Equal(got.Accounts, []string{s.bob}) {
		t.Errorf("%+v", got)
	}
	second := decoded[reader.Changes](t, s.after(all, first.Cursor, 60))
	if !slices.Equal(second.Accounts, []string{s.bob}) {
		t.Errorf("after the first: %+v", second)
	}
	if again := decoded[reader.Changes](t, s.after(all, second.Cursor, 0)); len(again.Accounts) != 0 {
		t.Errorf("after the second: %+v", again)
	}
}

// Given a change that was made while nobody waited, when a client comes with a cursor of before, then it has it at once.
func TestChanges_MadeBefore_AreThere(t *testing.T) {
	s := newScene(t)
	_, key := s.key([]string{store.RightChanges})
	cursor := s.begun(key)
	s.set("alice", "TOKEN", "another")
	if got := decoded[reader.Changes](t, s.after(key, cursor, 60)); !slices.Equal(got.Accounts, []string{s.alice}) {
		t.Errorf("%+v", got)
	}
}

// Given changes that follow each other without a pause, when a client goes from cursor to cursor, then it misses none: what it reads last is what
// was written last.
func TestChanges_WithoutAPause_NoneIsMissed(t *testing.T) {
	s := newScene(t)
	_, key := s.key([]string{store.RightChanges, store.RightEnv})
	cursor := s.begun(key)
	const last = 60
	written := make(chan struct{})
	go func() {
		defer close(written)
		for n := range last {
			s.set("alice", "TOKEN", strconv.Itoa(n+1))
		}
	}()
	for {
		got := decoded[reader.Changes](t, s.after(key, cursor, 20))
		if len(got.Accounts) == 0 {
			t.Fatal("nothing is reported, and the last change is not read")
		}
		cursor = got.Cursor
		if *decoded[reader.Variable](t, s.ask(http.MethodGet, "/v1/accounts/"+s.alice+"/env/TOKEN", key)).Value == strconv.Itoa(last) {
			break
		}
	}
	await.Value(t, written)
}

// Given a client that waits by a key or a token, when that is revoked, then the wait ends.
func TestChanges_CredentialIsRevoked_WaitEnds(t *testing.T) {
	s := newScene(t)
	name, key := s.key([]string{store.RightChanges})
	_, maker := s.key([]string{store.RightChanges, store.RightTokens})
	token := decoded[reader.Token](t, s.ask(http.MethodPost, "/v1/accounts/"+s.alice+"/tokens", maker)).Token
	byKey, byToken := s.waits(key, s.begun(key)), s.waits(token, s.begun(token))
	s.must(s.store.RevokeReaderKeys(t.Context(), name, ""))
	if got := await.Value(t, byKey); got.status != http.StatusUnauthorized {
		t.Errorf("by a key: %+v", got)
	}
	_, err := s.store.RevokeReaderTokens(t.Context(), 1)
	s.must(err)
	if got := await.Value(t, byToken); got.status != http.StatusUnauthorized {
		t.Errorf("by a token: %+v", got)
	}
}

// Given cursors that nobody gave out, or of a store that is another one since, when they are used, then they are refused, and gone.
func TestChanges_OtherCursors_AreRefused(t *testing.T) {
	s := newScene(t)
	_, key := s.key([]string{store.RightChanges})
	for cursor, want := range map[string]int{"x": http.StatusBadRequest, "'; DROP TABLE accounts": http.StatusBadRequest, "0123456789abcdef.1": http.StatusGone} {
		if got := s.after(key, cursor, 30); got.status != want {
			t.Errorf("%q: %+v", cursor, got)
		}
	}
	for _, query := range []string{"?timeout=61", "?timeout=-1", "?timeout=x", "?after=a&after=b", "?other=1", "?%zz"} {
		if got := s.ask(http.MethodGet, "/v1/changes"+query, key); got.status != http.StatusBadRequest {
			t.Errorf("%s: %+v", query, got)
		}
	}
	before := s.begun(key)
	is, err := s.store.Identity(t.Context())
	s.must(err)
	_, err = s.fenced.BeginIncarnation(t.Context(), is) // voids keys, too
	s.must(err)
	_, key = s.key([]string{store.RightChanges})
	if got := s.after(key, before, 30); got.status != http.StatusGone {
		t.Errorf("of the incarnation before: %+v", got)
	}
}

// Given those who wait, when the server is stopped, then they are sent away at once.
func TestChanges_ServerStops_WaitEnds(t *testing.T) {
	s := newScene(t)
	_, key := s.key([]string{store.RightChanges})
	waits := s.waits(key, s.begun(key))
	await.Value(t, s.until(func() bool { return s.reader.Waiting() == 1 }))
	began := time.Now()
	s.stop()
	if got := await.Value(t, waits); got.status != http.StatusOK || time.Since(began) > 30*time.Second {
		t.Errorf("after %s: %+v", time.Since(began), got)
	}
}
