package main

import (
	"context"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"sync"

	"github.com/account-operator/account-operator/test/cluster/process"
)

// tries are the commands that `make up` proposes, in an order in which each of them works.
var tries = []struct{ command, does string }{
	{"kubectl apply -k config/samples", "more of alice's account, its variables and a connection"},
	{"kubectl get account,envvarset,cloudconnection,sshkey", ""},
	{"kubectl describe envvarset alice-training", "conditions, sources and events"},
	{"kubectl explain account.spec", "the manual of a kind"},
	{"kubectl apply -f hack/demo/rotated-secret.yaml", "rotate the token"},
	{"manager store dump", "every row; values sealed"},
	{`sql "$ACCOUNT_OPERATOR_STORE" "INSERT INTO instances (id, account_id) SELECT 'i-101', id FROM accounts WHERE email = 'alice@example.com' AND deleted_at IS NULL"`, "something runs"},
	{"kubectl delete account alice --wait=false", "blocked by that; then look why:"},
	{"kubectl describe account alice", ""},
	{`sql "$ACCOUNT_OPERATOR_STORE" "DELETE FROM instances WHERE id = 'i-101'"`, "it ends, and the Account goes"},
}

// up starts what the tour starts and leaves it running until it is ended. Its folder stays, so that the next one
// goes on with the same objects and the same store.
func up(ctx context.Context, site site, screen *screen) error { return stay(ctx, site, screen, false) }

// dev is up with a manager that is built again when its code changes, and its log.
func dev(ctx context.Context, site site, screen *screen) error { return stay(ctx, site, screen, true) }

func stay(ctx context.Context, site site, screen *screen, changing bool) error {
	path := filepath.Join(site.kept, "up")
	folder, err := process.OpenFolder(path)
	if err != nil {
		screen.failure(fmt.Sprintf("make up keeps its files in .demo/up, which it cannot take: %v", err))
		return err
	}
	running, fail := context.WithCancelCause(ctx)
	defer fail(nil)
	s, err := open(site, folder, screen, fail)
	if err != nil {
		screen.failure(err.Error())
		return err
	}
	s.stays, s.renewed = true, make(chan struct{})
	if err := s.play(running, append(slices.Clone(opening), welcome)); err != nil {
		return s.abandon(ctx, err)
	}
	s.propose()
	var beside sync.WaitGroup
	beside.Go(func() { s.mend(running) })
	beside.Go(func() { s.revive(running) })
	beside.Go(func() { s.mailbox.announce(running, s.screen) })
	if changing {
		beside.Go(func() { s.develop(running) })
		beside.Go(func() { s.follow(running) })
	}
	beside.Wait()
	if ctx.Err() == nil {
		return s.abandon(ctx, context.Cause(running))
	}
	screen.line("")
	screen.line("stopping everything; the next make up goes on with what is in .demo/up")
	return s.end()
}

// propose says what can be tried in another terminal.
func (s *stage) propose() {
	s.screen.line("")
	s.screen.line(s.screen.in(bold, "Everything runs until you press Ctrl-C. To try it, in another terminal:"))
	s.screen.line("")
	for _, line := range s.exports() {
		s.screen.line("  " + line)
	}
	s.screen.line("")
	for _, try := range tries {
		s.screen.line("  " + s.screen.in(cyan, try.command) + comment(try.does))
	}
	s.screen.line("")
	s.screen.say("Metrics:             http://" + s.metrics + "/metrics\n" +
		"The manager's log:   tail -f " + s.managerLog() + "\n" +
		"The next make up goes on with the same objects and the same store, as does one after a crash.\n" +
		"To start afresh:     rm -rf .demo/up")
	s.screen.line("")
	s.screen.line(s.screen.in(bold, "And alice's page of settings, for a browser:"))
	s.screen.line("")
	s.screen.say("Page:      http://" + s.portal + "/sign-in\n" +
		"User:      alice@example.com\n" +
		"Password:  " + s.password() + "\n" +
		"Mailbox:   " + s.mailbox.address + "   (each mail is reported below, too, with its links)")
}

// password is shown this once.
func (s *stage) password() string {
	if s.holder == nil {
		return `that of last time; "I do not know my password" on the page mails a link for another`
	}
	return s.holder.password
}

func comment(text string) string {
	if text == "" {
		return ""
	}
	return "   # " + text
}

// exports are the lines that lead a shell here.
func (s *stage) exports() []string {
	return []string{
		"cd " + quoted(s.root),
		"export PATH=" + quoted(s.programs()) + `:"$PATH"`,
		"export KUBECONFIG=" + quoted(s.kubeconfig()),
		"export ACCOUNT_OPERATOR_STORE=" + quoted(s.storeAddress()),
		"export ACCOUNT_OPERATOR_SEAL_KEYSET_FILE=" + quoted(s.keyset()),
	}
}

// quoted is for a shell; a plain path stays as it is.
func quoted(text string) string {
	if !strings.ContainsFunc(text, func(r rune) bool {
		return !strings.ContainsRune("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789/._-:%+=@,", r)
	}) {
		return text
	}
	return "'" + strings.ReplaceAll(text, "'", `'\''`) + "'"
}
