package accountenv

import (
	"encoding/json"
	"os"
	"path/filepath"
	"syscall"
	"testing"

	"github.com/account-operator/account-operator/internal/store"
	"github.com/account-operator/account-operator/test/await"
)

// shows writes the value that a command has, and stays; with SIGUSR1 it says so.
const shows = `trap "echo alive" USR1; echo "$TOKEN"; while :; do sleep 0.05; done`

// Given a command that runs, when a variable changes, then it runs again with the new value; when something else of the account does, it is left alone.
func TestWatch_AVariableChanges_CommandIsStartedAgain(t *testing.T) {
	s := newScene(t)
	r := s.start(shows, "--watch")
	r.line("canary-1")
	s.set("TOKEN", "canary-2")
	r.line("canary-2")
	s.set("TOKEN", "canary-2") // the same again
	s.set("TOKEN", "canary-3")
	r.line("canary-3")
	s.says("changed: TOKEN (--on-change=restart)")
}

// Given a command that does not end when it is asked to, and one that it started itself, when a variable changes, then both are gone after --grace.
func TestWatch_CommandDoesNotEnd_IsKilledWithItsGroup(t *testing.T) {
	s := newScene(t)
	r := s.start(`trap "" TERM; (while :; do sleep 0.05; done) & trap "kill -9 $!; exit 0" USR1; echo $!; echo "$TOKEN"; while :; do sleep 0.05; done`, "--watch", "--grace=50ms")
	child := await.Value(t, r.lines)
	r.line("canary-1")
	s.set("TOKEN", "canary-2")
	_ = await.Value(t, r.lines)
	r.line("canary-2")
	s.says("did not end within --grace (50ms)")
	s.until("what it started runs on with the old value", func() bool { return !running(child) })
	r.send(syscall.SIGUSR1)
	r.ends(0)
}

// Given a command that ends when it is asked to, and leaves another process behind, when it is started again, then that one is gone.
func TestWatch_CommandLeavesAProcess_ItEndsWithIt(t *testing.T) {
	s := newScene(t)
	r := s.start(`(trap "" TERM; while :; do sleep 0.05; done) >/dev/null 2>&1 & trap "kill -9 $!; exit 0" USR1; echo $!; echo "$TOKEN"; while :; do sleep 0.05; done`, "--watch")
	child := await.Value(t, r.lines)
	r.line("canary-1")
	s.set("TOKEN", "canary-2")
	_ = await.Value(t, r.lines)
	r.line("canary-2")
	s.until("what it left runs on with the old value", func() bool { return !running(child) })
	r.send(syscall.SIGUSR1)
	r.ends(0)
}

// Given a command that takes new values from a file, when a variable changes, then it gets a signal, and the file has them, for its user only.
func TestWatch_OnChangeSignal_HandsOverAFile(t *testing.T) {
	s := newScene(t)
	file := filepath.Join(t.TempDir(), "env.json")
	r := s.start(`trap 'echo changed' HUP; trap "exit 0" TERM; echo "$TOKEN"; while :; do sleep 0.05; done`, "--watch", "--on-change=signal:HUP", "--env-file="+file)
	r.line("canary-1")
	for _, want := range []string{"canary-2", "canary-3"} {
		s.set("TOKEN", want)
		r.line("changed")
		text, err := os.ReadFile(file)
		s.must(err)
		held := map[string]string{}
		if err := json.Unmarshal(text, &held); err != nil || len(held) != 1 || held["TOKEN"] != want {
			t.Errorf("the file has not the values of now: %v", err)
		}
		if info, err := os.Stat(file); err != nil || info.Mode().Perm() != 0o600 {
			t.Errorf("%v, %v", info.Mode(), err)
		}
	}
	s.set("TOKEN", "\xff canary")
	s.says("the command goes on with the old values of TOKEN: --env-file: TOKEN is no text, and JSON cannot hold it")
	r.send(syscall.SIGTERM)
	r.ends(0)
	if _, err := os.Stat(file); !os.IsNotExist(err) {
		t.Errorf("the file is left: %v", err)
	}
}

// Given a command that runs, when the API goes away, then it runs on; and it has what changed meanwhile once the API is back.
func TestWatch_APIGoesAway_CommandRunsOn(t *testing.T) {
	s := newScene(t)
	r := s.start(shows, "--watch")
	r.line("canary-1")
	s.leave()
	s.says("the variables cannot be read, the command goes on with the values that it has")
	s.set("TOKEN", "canary-2")
	r.send(syscall.SIGUSR1)
	r.line("alive")
	s.serve()
	r.line("canary-2")
	s.says("the variables can be read again")
}

// Given a cursor of another store, when account-env waits with it, then it reads the variables, and waits with a cursor of this one from then on.
func TestFollower_CursorIsGone_ReadsAndTakesTheNext(t *testing.T) {
	s := newScene(t)
	token := &token{path: s.tokenFile}
	client, err := (&options{url: "http://" + s.address}).client(token)
	s.must(err)
	defer client.HTTP.CloseIdleConnections()
	const old = "0123456789abcdef.1"
	f := follower{client: client, token: token, account: "1", watch: true, cursor: old}
	vars, err := f.next(t.Context())
	if err != nil || len(vars) != 1 || f.cursor == old {
		t.Errorf("%d variables, %v, cursor %s", len(vars), err, f.cursor)
	}
}

// Given a token that is revoked while one waits, then the command runs on and the reason is said; with a new token in the file it goes on.
func TestWatch_TokenIsRevoked_GoesOnWithTheNext(t *testing.T) {
	s := newScene(t)
	r := s.start(shows, "--watch")
	r.line("canary-1")
	_, err := s.store.RevokeReaderTokens(t.Context(), 1)
	s.must(err)
	s.says("has expired or was revoked: write a new one there")
	s.set("TOKEN", "canary-2")
	r.send(syscall.SIGUSR1)
	r.line("alive")
	s.newToken()
	r.line("canary-2")
}

// Given a command that is ending, when a variable changes, then it is neither asked again nor started again.
func TestWatch_CommandIsEnding_IsNotStartedAgain(t *testing.T) {
	s := newScene(t)
	r := s.start(`trap 'echo ending' TERM; trap 'echo alive' USR2; trap 'echo bye; exit 5' USR1; echo "$TOKEN"; while :; do sleep 0.05; done`, "--watch")
	r.line("canary-1")
	r.send(syscall.SIGTERM)
	r.line("ending")
	s.set("TOKEN", "canary-2")
	s.until("nobody waits for the next change", func() bool { return s.waits.Load() > 1 })
	r.send(syscall.SIGUSR2)
	r.line("alive")
	r.send(syscall.SIGUSR1)
	r.line("bye")
	r.ends(5)
}

// Given a token without the right to follow changes, when --watch asks for it, then nothing is started, and the right is named.
func TestWatch_TokenLacksARight_IsSaid(t *testing.T) {
	s := newScene(t)
	s.newToken(store.RightEnv)
	s.start(shows, "--watch").ends(exitFailed)
	s.says("the token lacks a right: reading takes env, --watch takes changes")
}
