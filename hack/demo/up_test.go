package main

import (
	"context"
	"os/exec"
	"strings"
	"testing"
)

// raise starts `make up` and returns when it proposes what to try, with a function that ends it as Ctrl-C does.
func raise(t *testing.T, site site) (shown *transcript, end func() error) {
	t.Helper()
	shown = &transcript{}
	ctx, interrupt := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- up(ctx, site, &screen{out: shown}) }()
	shown.await(t, "To start afresh")
	return shown, func() error {
		interrupt()
		return <-ended
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

func TestWhatUpProposesWorksAndStays(t *testing.T) {
	site := newSite(t)
	shown, end := raise(t, site)
	environment := exports(shown)
	for _, try := range tries {
		shown.holds(t, try.command)
		typed(t, environment, try.command)
		if try.command == "kubectl apply -k config/samples" {
			typed(t, environment, "kubectl wait --for=condition=Ready account/alice envvarset/alice-training")
		}
	}
	typed(t, environment, "kubectl wait --for=delete --timeout=30s account/alice")
	out := typed(t, environment, "kubectl apply --dry-run=server -o name -f "+examples(t))
	if want := "account.account-operator.io/alice\nenvvarset.account-operator.io/alice-training\ncloudconnection.account-operator.io/alice-training-data\n"; out != want {
		t.Errorf("of the objects in README.md these are accepted:\n%s", out)
	}
	if err := end(); err != nil {
		t.Fatalf("%v; shown:\n%s", err, shown)
	}

	shown, end = raise(t, site)
	shown.holds(t, "those of last time")
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
