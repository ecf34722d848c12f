package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/spf13/pflag"

	"github.com/account-operator/account-operator/internal/controller"
	"github.com/account-operator/account-operator/internal/seal"
)

func TestCommand_Mistyped_IsAnErrorOfUsage(t *testing.T) {
	for typed, says := range map[string]string{
		"serves":             `unknown command "serves", did you mean serve?; see manager --help`,
		"stor":               `unknown command "stor", did you mean store?; see manager --help`,
		"store x":            `unknown command "x"; see manager store --help`,
		"store dmup":         `unknown command "dmup", did you mean dump?; see manager store --help`,
		"store dump x":       `unknown command "x" for "manager store dump"; see manager store dump --help`,
		"keys rotat":         `unknown command "rotat", did you mean rotate?; see manager keys --help`,
		"keys rotate":        `name either the file that is to hold the keyset or, by --secret, the Secret`,
		"completion nushell": `unknown command "nushell"; see manager completion --help`,
		"help store dmup":    `unknown command "dmup", did you mean dump?; see manager help --help`,
		"store --frob":       `unknown flag: --frob; see manager store --help`,
		"store dump --fro":   `unknown flag: --fro; see manager store dump --help`,
	} {
		t.Run(typed, func(t *testing.T) {
			out, err := executed(t, typed)
			if err == nil || err.Error() != says || exitCode(err) != exitStartup {
				t.Errorf("it ends with %d and says: %v", exitCode(err), err)
			}
			if out != "" {
				t.Errorf("it prints: %s", out)
			}
		})
	}
}

func TestCommand_Group_ShowsItsHelp(t *testing.T) {
	for _, group := range []string{"store", "keys", "completion", "help store"} {
		out, err := executed(t, group)
		if err != nil || !strings.Contains(out, "Available Commands:") {
			t.Errorf("%s: %v, %s", group, err, out)
		}
	}
}

// executed runs the manager's command with what a user typed.
func executed(t *testing.T, typed string) (string, error) {
	t.Helper()
	var out strings.Builder
	cmd := root()
	cmd.SetOut(&out)
	cmd.SetErr(&out)
	cmd.SetArgs(strings.Fields(typed))
	err := cmd.ExecuteContext(t.Context())
	return out.String(), err
}

func TestFlags_Each_HasAnEnvironmentVariable(t *testing.T) {
	for name, value := range map[string]string{"STORE": "postgres://x", "LEADER_ELECT": "true", "CONCURRENCY": "3", "CLASS": "env"} {
		t.Setenv("ACCOUNT_OPERATOR_"+name, value)
	}
	var c config
	flags := pflag.NewFlagSet("", pflag.ContinueOnError)
	c.storeFlags(flags)
	c.managerFlags(flags)
	if err := flags.Parse([]string{"--class", "flag"}); err != nil {
		t.Fatal(err)
	}

	if err := fromEnvironment(flags); err != nil {
		t.Fatal(err)
	}

	if c.address != "postgres://x" || !c.lease.elect || c.concurrency != 3 {
		t.Errorf("the environment was not taken: %+v", c)
	}
	if c.class != "flag" {
		t.Error("the environment won over a flag")
	}
}

func TestFlags_UnusableEnvironmentVariable_IsNamedWithoutItsValue(t *testing.T) {
	t.Setenv("ACCOUNT_OPERATOR_RESYNC_INTERVAL", "s3cr3t")
	var c config
	flags := pflag.NewFlagSet("", pflag.ContinueOnError)
	c.managerFlags(flags)

	err := fromEnvironment(flags)

	if err == nil || strings.Contains(err.Error(), "s3cr3t") || !strings.Contains(err.Error(), "ACCOUNT_OPERATOR_RESYNC_INTERVAL") {
		t.Errorf("told as: %v", err)
	}
}

func TestKeyset_There_IsRotatedAndNeverReplaced(t *testing.T) {
	file := filepath.Join(t.TempDir(), "keyset.json")
	if _, err := executed(t, "keys init "+file); err != nil {
		t.Fatal(err)
	}
	before, _ := os.ReadFile(file)
	if _, err := executed(t, "keys init "+file); err == nil {
		t.Error("the keyset was replaced")
	}

	if _, err := executed(t, "keys rotate "+file); err != nil {
		t.Fatal(err)
	}

	after, _ := os.ReadFile(file)
	info, err := os.Stat(file)
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the file's mode is %v, %v", info.Mode(), err)
	}
	if len(after) <= len(before) {
		t.Error("no key was added")
	}
	if entries, _ := os.ReadDir(filepath.Dir(file)); len(entries) != 1 {
		t.Errorf("left over: %v", entries)
	}
}

// Given a keyset, when its public half is printed, then a program seals by that what the keyset opens.
func TestKeysPublic_PrintsWhatSealsAndOpensNothing(t *testing.T) {
	file := filepath.Join(t.TempDir(), "keyset.json")
	if _, err := executed(t, "keys init "+file); err != nil {
		t.Fatal(err)
	}
	public, err := executed(t, "keys public "+file)
	if err != nil {
		t.Fatal(err)
	}
	writer, err := seal.LoadPublic([]byte(public))
	if err != nil {
		t.Fatal(err)
	}
	value, err := writer.Seal([]byte("value"), []byte("place"))
	if err != nil {
		t.Fatal(err)
	}
	holder, err := seal.LoadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if got, err := holder.Open(value, []byte("place")); err != nil || string(got) != "value" {
		t.Errorf("got %q, %v", got, err)
	}
	if _, err := writer.Open(value, []byte("place")); err == nil {
		t.Error("the public half opens it")
	}
}

func TestKeyset_InNoOrSeveralPlaces_IsNotMade(t *testing.T) {
	for name, args := range map[string][]string{
		"nowhere":                          {},
		"in a file and in a Secret":        {"keyset.json", "--secret=a/b"},
		"in a Secret without a namespace":  {"--secret=b"},
		"in a Secret without a name":       {"--secret=a/"},
		"where there is no way to, a file": {"--secret=a/b", "--kubeconfig=" + t.TempDir() + "/absent"},
	} {
		t.Run(name, func(t *testing.T) {
			cmd := root()
			cmd.SetArgs(append([]string{"keys", "init"}, args...))
			if err := cmd.ExecuteContext(t.Context()); exitCode(err) != exitStartup {
				t.Errorf("got %v", err)
			}
		})
	}
}

func TestEndpointRanges_Parsed_AreAsMeant(t *testing.T) {
	for text, taken := range map[string]bool{
		"10.20.0.0/16": true, "fd00:20::/32": true, "192.168.7.9/32": true,
		"10.20.0.1/16": false, "10.20.0.0": false, "10.20.0.0/33": false, "::ffff:10.20.0.0/112": false, "everything": false,
	} {
		c := parsed(t, "--allow-endpoint-cidrs="+text)
		if err := c.check(); (err == nil) != taken {
			t.Errorf("%s: %v", text, err)
		}
	}
}

// parsed is what the flags say beside their defaults.
func parsed(t *testing.T, flags ...string) config {
	t.Helper()
	var c config
	f := pflag.NewFlagSet("", pflag.ContinueOnError)
	c.storeFlags(f)
	c.managerFlags(f)
	if err := f.Parse(flags); err != nil {
		t.Fatal(err)
	}
	return c
}

func TestHolderFlags_UnworkableTogether_AreRefusedAtStart(t *testing.T) {
	server := filepath.Join(t.TempDir(), "smtp-url")
	if err := os.WriteFile(server, []byte("smtps://user:s3cr3t@mail.example.com:465\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		flags []string
		says  string // empty: taken
	}{
		"nothing":                   {nil, ""},
		"all of it":                 {[]string{"--smtp-url-file=" + server, "--mail-from=Cloud <no-reply@example.com>", "--portal-url=https://accounts.example.com"}, ""},
		"a server and no sender":    {[]string{"--smtp-url-file=" + server}, "--smtp-url-file and --mail-from go together"},
		"a sender and no server":    {[]string{"--mail-from=no-reply@example.com"}, "--smtp-url-file and --mail-from go together"},
		"a file that is not there":  {[]string{"--smtp-url-file=/absent", "--mail-from=no-reply@example.com"}, "--smtp-url-file: open /absent"},
		"two senders":               {[]string{"--smtp-url-file=" + server, "--mail-from=a@example.com, b@example.com"}, "--mail-from"},
		"no mail an hour":           {[]string{"--mail-rate=0"}, "--mail-rate must be 1 or more"},
		"a brand":                   {[]string{"--brand-name=Example Cloud"}, ""},
		"a name that hides":         {[]string{"--brand-name=Example\u202eduolC"}, "--brand-name: a name is one line of characters that can be seen"},
		"a logo that is no picture": {[]string{"--brand-logo-file=" + server}, "--brand-logo-file: a logo is a PNG or a JPEG"},
		"a logo that is not there":  {[]string{"--brand-logo-file=/absent"}, "--brand-logo-file: open /absent"},
		"a portal without a host":   {[]string{"--portal-url=accounts"}, "--portal-url takes an address such as"},
		"a referral page by name":   {[]string{"--referral-url=console"}, "--referral-url takes an address such as"},
	} {
		t.Run(name, func(t *testing.T) {
			err := startsFor(parsed(t, c.flags...))
			switch {
			case c.says == "" && err != nil:
				t.Errorf("refused: %v", err)
			case c.says != "" && (err == nil || !strings.Contains(err.Error(), c.says)):
				t.Errorf("got %v; wanted %s", err, c.says)
			case err != nil && strings.Contains(err.Error(), "s3cr3t"):
				t.Errorf("the password is in: %v", err)
			}
		})
	}
}

func startsFor(c config) error {
	if err := c.check(); err != nil {
		return err
	}
	return holders(c, &controller.Options{Metrics: prometheus.NewRegistry()})
}
