package main

import (
	"net"
	"os"
	"path/filepath"
	"testing"
)

// typedForPages are commands that end by themselves, since the pages alone could not be served, or by who opens what accounts hold.
func typedForPages(t *testing.T) []end {
	t.Helper()
	keyset := filepath.Join(t.TempDir(), "keyset.json")
	if _, err := executed(t, "keys init "+keyset); err != nil {
		t.Fatal(err)
	}
	public := filepath.Join(t.TempDir(), "public.json")
	text, err := executed(t, "keys public "+keyset)
	if err == nil {
		err = os.WriteFile(public, []byte(text), 0o600)
	}
	if err != nil {
		t.Fatal(err)
	}
	taken, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = taken.Close() })
	cmd := func(flags string) error {
		_, err := executed(t, "serve --health-probe-bind-address=0 --metrics-bind-address=0 "+flags)
		return err
	}
	const site = " --portal-url=https://accounts.example.com "
	return []end{
		{"pages without an address", cmd("--insecure-no-seal"), "exitStartup", "without --portal-url there are no pages to serve"},
		{"pages without a keyset", cmd(site), "exitStartup", "print it by 'manager keys public FILE' and name it by --seal-keyset-file"},
		{"pages with two ways to seal", cmd(site + "--insecure-no-seal --seal-keyset-file=" + public), "exitStartup", "exclude each other"},
		{"pages that could open what accounts hold", cmd(site + "--seal-keyset-file=" + keyset), "exitStartup", "the keyset opens what it seals, and here only its public halves may be"},
		{"pages with a file that is missing", cmd(site + "--seal-keyset-file=/nowhere"), "exitStartup", "--seal-keyset-file: "},
		{"codes without a keyset for seeds", cmd(site + "--portal-sign-in --seal-keyset-file=" + public), "exitStartup", "give a keyset for those alone by --factor-keyset-file, here and to the managers"},
		{"a keyset for seeds that is missing", cmd(site + "--factor-keyset-file=/nowhere --seal-keyset-file=" + public), "exitStartup", "--factor-keyset-file: "},
		{"passwords half on", cmd(site + "--portal-passwords=Maybe"), "exitStartup", "--portal-passwords is On or Off"},
		{"no passwords, and no provider", cmd(site + "--portal-sign-in --portal-passwords=Off"), "exitStartup", "nobody could sign in: name the provider by --portal-oidc-issuer"},
		{"a provider without a name", cmd(site + "--portal-oidc-client-id=us"), "exitStartup", "name it by --portal-oidc-issuer"},
		{"a provider where nobody signs in", cmd(site + "--portal-oidc-issuer=https://login.example.com"), "exitStartup", "say so by --portal-sign-in"},
		{"a second factor that is asked for sometimes", cmd(site + "--portal-oidc-second-factor=Sometimes"), "exitStartup", "--portal-oidc-second-factor is one of"},
		{"a provider that knows us by no name", cmd(site + "--portal-sign-in --portal-oidc-issuer=https://login.example.com"), "exitStartup", "--portal-oidc-issuer: the provider knows us by a client ID"},
		{"pages on SQLite", cmd(site + "--store=sqlite:///nowhere/a.db --seal-keyset-file=" + public), "exitStartup", "the pages alone need a PostgreSQL store"},
		{"no mail an hour from the pages", cmd(site + "--mail-rate=0"), "exitStartup", "--mail-rate must be 1 or more"},
		{"a port for metrics that is taken", cmd(site + "--metrics-bind-address=" + taken.Addr().String()), "exitStartup", "--metrics-bind-address: "},
		{"pages on a server that is away", cmd(site + "--store=postgres://u@127.0.0.1:1/d --seal-keyset-file=" + public), "exitFailed", "see that its server runs"},
	}
}
