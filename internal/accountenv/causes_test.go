package accountenv

import (
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/account-operator/account-operator/internal/store"
	"github.com/account-operator/account-operator/pkg/accounts"
	"github.com/account-operator/account-operator/test/words"
)

// end is why a command does not start, the exit status, and what is said.
type end struct {
	given string
	args  []string
	code  int
	says  string
}

// typed are commands that end before anything is asked.
func typed(s *scene) []end {
	folder := s.TempDir()
	in := func(name, text string) string {
		path := filepath.Join(folder, name)
		s.write(path, text)
		return path
	}
	with := func(flags ...string) []string { // of two of a kind the last one counts
		args := append([]string{"--url=http://" + s.address, "--account=1", "--token-file=" + s.tokenFile}, flags...)
		return append(args, "--", "true")
	}
	key := "aok_" + strings.Repeat("k", 43)
	return []end{
		{"a flag that there is not", with("--acount=1"), exitFailed, "unknown flag: --acount; see account-env --help"},
		{"no command", []string{"--url=https://x"}, exitFailed, "the command stands behind --; see account-env --help"},
		{"a command before the flags", []string{"true", "--", "x"}, exitFailed, "the command stands behind --"},
		{"no address", with("--url="), exitFailed, "--url is missing: it says where the reader API is"},
		{"no account", with("--account="), exitFailed, "--account is missing: it takes status.accountID of the Account"},
		{"no token", with("--token-file="), exitFailed, "--token-file is missing: it names the file with the account's token"},
		{"no time", with("--start-timeout=0s"), exitFailed, "--start-timeout must be longer than 0, and --grace not shorter"},
		{"another way of a change", with("--watch", "--on-change=signal:KILL"), exitFailed, `--on-change takes restart, signal:HUP, signal:USR1 or signal:USR2, not "signal:KILL"`},
		{"a change that nobody watches", with("--env-file=x"), exitFailed, "--on-change and --env-file are for --watch; without it the variables are read once"},
		{"a signal without values", with("--watch", "--on-change=signal:HUP"), exitFailed, "with a signal the command needs the file in which the new values are: name it by --env-file"},
		{"a password in the address", with("--url=https://u:canary@x"), exitFailed, "--url takes an address such as https://accounts-reader.example.com"},
		{"an address in clear text", with("--url=http://accounts-reader.example.com"), exitFailed, "--url takes https, since the token would travel in clear text; http is for a loopback address only"},
		{"certificates that are missing", with("--ca-file=" + folder + "/absent"), exitFailed, "--ca-file: open " + folder},
		{"certificates that are none", with("--ca-file=" + in("text", "canary")), exitFailed, "--ca-file: " + folder + "/text holds no certificate"},
		{"a token's file that is missing", with("--token-file=" + folder + "/absent"), exitFailed, "--token-file: open " + folder},
		{"a token's file that is a folder", with("--token-file=" + folder), exitFailed, "--token-file: read " + folder},
		{"a key of a service", with("--token-file=" + in("key", key)), exitFailed, "key holds a key of a service, which must never be where an account's programs run: remove it there"},
		{"no token in the file", with("--token-file=" + folder + "/text"), exitFailed, "text holds no token for one account, as POST /v1/accounts/ID/tokens makes it"},
		{"a token that was revoked", with("--token-file=" + in("revoked", "aot_"+strings.Repeat("r", 43))), exitFailed, "has expired or was revoked: write a new one there"},
		{"another account", with("--account=7"), exitFailed, "the token lacks a right: reading takes env, --watch takes changes, and only its own account: the reader API answers 403"},
		{"an address with a path", with("--url=http://" + s.address + "/v1"), exitFailed, "there is no account \"1\"; --account takes status.accountID, and --url the address without a path"},
		{"a file of variables that cannot be", with("--watch", "--env-file="+folder+"/absent/env"), exitFailed, "--env-file: open " + folder},
		{"a file of variables that is a folder", with("--watch", "--env-file="+folder), exitFailed, "--env-file: rename " + folder},
		{"no such command", append(with()[:4:4], "no-such-command"), exitNotFound, "the command was not found: exec: \"no-such-command\""},
		{"no program", append(with()[:4:4], folder), exitNotRun, "the command cannot be run: "},
	}
}

// Given each reason why a command is not started, then it has its exit status and its words, with the next step; and no reason of the code is
// missing here.
func TestEnd_EachCause_HasItsExitStatusAndItsWords(t *testing.T) {
	s := newScene(t)
	for _, c := range append(typed(s), away(s)...) {
		t.Run(c.given, func(t *testing.T) {
			before := len(s.log())
			s.startBare(c.args...).ends(c.code)
			if said := s.log()[before:]; !strings.Contains(said, c.says) {
				t.Errorf("it says: %s\nwant: %s", said, c.says)
			}
		})
	}
	s.set("BLOB", "\xff")
	s.startCommand([]string{"true"}, "--watch", "--env-file="+t.TempDir()+"/env").ends(exitFailed)
	s.says("--env-file: BLOB is no text, and JSON cannot hold it")
	all, err := words.Of(".", words.Place{Call: "New"}, words.Place{Call: "Errorf"}, words.Place{Call: "tokenErrorf"}, words.Place{Literal: "startError", At: 1})
	s.must(err)
	for _, missing := range words.Unsaid(all, []string{s.log()}) {
		if !strings.Contains(missing, "cannot be written as JSON") { // which texts always can
			t.Errorf("nothing in the table brings this about: %s", missing)
		}
	}
}

// away are commands whose API does not answer as it should.
func away(s *scene) []end {
	answers := func(status int, header, body string) []string {
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Location", header)
			w.WriteHeader(status)
			_, _ = io.WriteString(w, body)
		}))
		s.Cleanup(server.Close)
		return []string{"--url=" + server.URL, "--account=1", "--token-file=" + s.tokenFile, "--start-timeout=300ms", "--", "true"}
	}
	return []end{
		{"another server", answers(http.StatusOK, "", "<html>canary</html>"), exitFailed, "the reader API answers something else than it describes"},
		{"a store that is away", answers(http.StatusServiceUnavailable, "", ""), exitFailed, "no variables within --start-timeout (300ms): the reader API answers 503"},
		{"a value that does not open", answers(http.StatusOK, "", `{"variables":[{"name":"TOKEN","unreadable":true}]}`), exitFailed, "of account 1 these do not open: TOKEN"},
		{"an answer that leads elsewhere", answers(http.StatusFound, "http://127.0.0.1:1/", ""), exitFailed, "the reader API answers 302 Found"},
	}
}

// Given names and values as they may be in a store that others write, then only those come into an environment that fit there, and no name that is
// guarded.
func TestAdmitted_EachName_IsTakenOrNamed(t *testing.T) {
	variable := func(name, value string) accounts.Variable {
		return accounts.Variable{Name: name, Value: store.NewSecret([]byte(value))}
	}
	hostile := []accounts.Variable{
		variable("", "canary"), variable("A=B", "canary"), variable("A\x00B", "canary"), variable("ZERO", "can\x00ary"),
		variable("LD_AUDIT", "canary"), variable("BASH_FUNC_ls%%", "canary"), variable(tokenFileVariable, "canary"),
	}
	for _, name := range guarded {
		hostile = append(hostile, variable(name, "canary"))
	}
	o := options{}
	admitted, left := o.admitted(append(hostile, variable("HF_TOKEN", "1"), variable("LDFLAGS", "2"), variable("EMPTY", "")))
	if len(admitted) != 3 || len(left) != len(hostile) || strings.Contains(strings.Join(left, " "), "canary") {
		t.Errorf("%v; left out %v", admitted, left)
	}
	if got := environment([]string{"HF_TOKEN=old", "HF_TOKEN=older", "PATH=/bin", "odd", tokenFileVariable + "=x"}, admitted); strings.Join(got, " ") != "PATH=/bin odd HF_TOKEN=1 LDFLAGS=2 EMPTY=" {
		t.Error(got)
	}
}

// Given an environment file's path on which another user laid a link, when variables are written, then what it leads to stays as it was.
func TestWriteFile_OntoALink_LeavesItsTarget(t *testing.T) {
	folder := t.TempDir()
	target, file := filepath.Join(folder, "target"), filepath.Join(folder, "env")
	err := errors.Join(os.WriteFile(target, []byte("kept"), 0o644), os.Symlink(target, file), os.Symlink(target, file+".next"), writeFile(file, nil))
	text, errR := os.ReadFile(target)
	if err != nil || errR != nil || string(text) != "kept" {
		t.Errorf("%v, %v, %s", err, errR, text)
	}
}
