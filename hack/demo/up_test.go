package main

import (
	"context"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"github.com/account-operator/account-operator/test/await"
	"github.com/account-operator/account-operator/test/smtp"
)

// raise starts `make up` and returns when it proposes what to try, with a function that ends it as Ctrl-C does.
func raise(t *testing.T, site site) (shown *transcript, end func() error) {
	t.Helper()
	shown = &transcript{}
	ctx, interrupt := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() {
		defer shown.end()
		ended <- up(ctx, site, &screen{out: shown})
	}()
	shown.await(t, "Mailbox:")
	return shown, func() error {
		interrupt()
		return await.Value(t, ended)
	}
}

// exports are the lines that were shown to be typed first.
func exports(shown *transcript) string {
	var lines []string
	for line := range strings.Lines(shown.String()) {
		if line = strings.TrimSpace(line); strings.HasPrefix(line, "cd ") || strings.HasPrefix(line, "export ") {
			lines = append(lines, line)
		}
	}
	return strings.Join(lines, "\n")
}

func typed(t *testing.T, lines ...string) string {
	t.Helper()
	out, err := exec.CommandContext(t.Context(), "/bin/sh", "-c", strings.Join(lines, "\n")).CombinedOutput()
	if err != nil {
		t.Fatalf("%q: %v\n%s", lines[1:], err, out)
	}
	return string(out)
}

func TestUp_WhatItProposes_WorksAndStays(t *testing.T) {
	site := newSite(t)
	shown, end := raise(t, site)
	environment := exports(shown)
	isWelcomed(t, shown)
	for _, try := range tries {
		shown.holds(t, try.command)
		typed(t, environment, try.command)
		if try.command == "kubectl apply -k config/samples" {
			typed(t, environment, "kubectl wait --for=condition=Ready account/alice envvarset/alice-training")
		}
	}
	typed(t, environment, "kubectl wait --for=delete --timeout=30s account/alice")
	isSurrounded(t, site, shown, environment)
	isMended(t, site, shown, environment)
	out := typed(t, environment, "kubectl apply --dry-run=server -o name -f "+examples(t))
	if want := "account.account-operator.io/alice\nenvvarset.account-operator.io/alice-training\nenvvarset.account-operator.io/vision\ncloudconnection.account-operator.io/alice-training-data\nsshkey.account-operator.io/alice-laptop\n"; out != want {
		t.Errorf("of the objects in README.md these are accepted:\n%s", out)
	}
	if err := end(); err != nil {
		t.Fatalf("%v; shown:\n%s", err, shown)
	}

	shown, end = raise(t, site)
	shown.holds(t, "those of last time", "Page:      http://127.0.0.1:")
	if out := typed(t, exports(shown), "kubectl get envvarset"); !strings.Contains(out, "alice-training") {
		t.Errorf("the EnvVarSet of before is gone; there is:\n%s", out)
	}
	other := &transcript{}
	if err := up(t.Context(), site, &screen{out: other}); err == nil {
		t.Error("a second one in the same folder starts")
	}
	other.holds(t, "is in use by another program")
	if err := end(); err != nil {
		t.Fatalf("%v; shown:\n%s", err, shown)
	}
}

// isWelcomed expects that alice signs in as it says, and that her mails come where it says.
func isWelcomed(t *testing.T, shown *transcript) {
	t.Helper()
	said := regexp.MustCompile(`Page:      (http://\S+)/sign-in\n  User:      (\S+)\n  Password:  (\S+)\n  Mailbox:   (\S+)`).FindStringSubmatch(shown.String())
	if said == nil {
		t.Fatalf("it does not end with an address, a user and a password:\n%s", shown)
	}
	page, user, password, mailbox := said[1], said[2], said[3], said[4]
	if in := sent(t, page+"/sign-in", "email", user, "password", password); !strings.Contains(in, "<h1>Your settings</h1>") {
		t.Errorf("with the password one comes to:\n%s", in)
	}
	sent(t, page+"/link", "email", user)
	shown.await(t, "mail to alice@example.com:  Choose a new password")
	if box := fetched(t, mailbox); strings.Count(box, "To alice@example.com") != 2 || !strings.Contains(box, `<a href="`+page) {
		t.Errorf("the mailbox shows:\n%s", box)
	}
	if strings.Count(shown.String(), password) != 1 {
		t.Error("the password is shown more often than once")
	}
}

// sent is the page to which a form leads; fields are name, value, name, value.
func sent(t *testing.T, address string, fields ...string) string {
	t.Helper()
	form := url.Values{}
	for n := 0; n < len(fields); n += 2 {
		form.Set(fields[n], fields[n+1])
	}
	request, err := http.NewRequestWithContext(t.Context(), http.MethodPost, address, strings.NewReader(form.Encode()))
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	answer, err := (&http.Client{Transport: &http.Transport{DisableKeepAlives: true}, Jar: jar}).Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = answer.Body.Close() }()
	text, err := io.ReadAll(answer.Body)
	if err != nil || answer.StatusCode != http.StatusOK {
		t.Fatalf("%s: %s, %v", address, answer.Status, err)
	}
	return string(text)
}

// isSurrounded expects what make up has beside the manager, and that it goes on without it.
func isSurrounded(t *testing.T, site site, shown *transcript, environment string) {
	t.Helper()
	text := shown.String()
	metrics := regexp.MustCompile(`Metrics: +(\S+)`).FindStringSubmatch(text)[1]
	if !strings.Contains(fetched(t, metrics), "account_operator_objects") {
		t.Error("there are no metrics")
	}

	// when the manager is killed, then the rest goes on, and so does the manager
	killed(t, "--kubeconfig="+filepath.Join(site.kept, "up", "manager.kubeconfig"))
	shown.await(t, "the manager runs again")
	typed(t, environment, "kubectl get accounts")
	if !strings.Contains(fetched(t, metrics), "account_operator") {
		t.Error("the manager that was started again serves no metrics")
	}
}

// isMended expects that the control plane comes back, with its objects, whichever part of it is killed.
func isMended(t *testing.T, site site, shown *transcript, environment string) {
	t.Helper()
	cluster := filepath.Join(site.kept, "up", "cluster")
	for n, part := range []string{"kube-controller-manager", "kube-apiserver", "etcd"} {
		killedWhere(t, func(args []string, folder string) bool { return filepath.Base(args[0]) == part && folder == cluster })
		shown.await(t, part+" ended")
		shown.awaitTimes(t, "the control plane runs again", n+1)
		if out := typed(t, environment, "kubectl get envvarset"); !strings.Contains(out, "alice-training") {
			t.Errorf("after the end of %s there is:\n%s", part, out)
		}
	}
	typed(t, environment, "kubectl create configmap after", "kubectl wait --for=create --timeout=30s configmap/after")
}

// killed ends the program that has this argument.
func killed(t *testing.T, argument string) {
	t.Helper()
	killedWhere(t, func(args []string, _ string) bool { return slices.Contains(args, argument) })
}

// killedWhere ends the one program of these arguments, or in this folder, without warning.
func killedWhere(t *testing.T, is func(args []string, folder string) bool) {
	t.Helper()
	lines, err := filepath.Glob("/proc/[0-9]*/cmdline")
	if err != nil {
		t.Fatal(err)
	}
	for _, line := range lines {
		args, _ := os.ReadFile(line) // it may have ended meanwhile
		folder, _ := os.Readlink(filepath.Join(filepath.Dir(line), "cwd"))
		if !is(strings.Split(string(args), "\x00"), folder) {
			continue
		}
		pid, err := strconv.Atoi(filepath.Base(filepath.Dir(line)))
		if err == nil {
			err = syscall.Kill(pid, syscall.SIGKILL)
		}
		if err != nil {
			t.Fatal(err)
		}
		return
	}
	t.Fatal("there is no such program")
}

func fetched(t *testing.T, address string) string {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, address, http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	answer, err := (&http.Client{Transport: &http.Transport{DisableKeepAlives: true}}).Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = answer.Body.Close() }()
	text, err := io.ReadAll(answer.Body)
	if err != nil || answer.StatusCode != http.StatusOK {
		t.Fatalf("%s: %s, %v", address, answer.Status, err)
	}
	return string(text)
}

func TestMailbox_ClosedRightAfterItWasOpened_Ends(t *testing.T) {
	mails, err := smtp.Start(smtp.Options{})
	if err != nil {
		t.Fatal(err)
	}
	for range 50 {
		m, err := openMailbox(t.Context(), mails)
		if err != nil {
			t.Fatal(err)
		}
		if err := m.close(); err != nil {
			t.Error(err)
		}
	}
	if err := mails.Stop(); err != nil {
		t.Error(err)
	}
}

func TestQuoted(t *testing.T) {
	for text, want := range map[string]string{
		"/home/a/b-1.2_x": "/home/a/b-1.2_x",
		"/home/a b":       "'/home/a b'",
		"/it's":           `'/it'\''s'`,
		"$(x)":            "'$(x)'",
	} {
		if got := quoted(text); got != want {
			t.Errorf("quoted(%q) = %s, want %s", text, got, want)
		}
	}
}
