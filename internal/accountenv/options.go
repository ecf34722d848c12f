package accountenv

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"strings"
	"syscall"
	"time"

	"github.com/account-operator/account-operator/internal/loopback"
	"github.com/account-operator/account-operator/pkg/accounts"
)

// options are the flags and the command.
type options struct {
	url, account, tokenFile, caFile string
	startTimeout, grace             time.Duration
	allowed                         []string
	watch                           bool
	onChange, envFile               string
	command                         []string
}

const onChangeRestart = "restart"

// notices are the signals that may say that variables changed.
var notices = map[string]syscall.Signal{"signal:HUP": syscall.SIGHUP, "signal:USR1": syscall.SIGUSR1, "signal:USR2": syscall.SIGUSR2}

func (o *options) check() error {
	switch {
	case o.url == "":
		return errors.New("--url is missing: it says where the reader API is")
	case o.account == "":
		return errors.New("--account is missing: it takes status.accountID of the Account")
	case o.tokenFile == "":
		return errors.New("--token-file is missing: it names the file with the account's token")
	case o.startTimeout <= 0 || o.grace < 0:
		return errors.New("--start-timeout must be longer than 0, and --grace not shorter")
	}
	return errors.Join(checkURL(o.url), o.checkChange())
}

func (o *options) checkChange() error {
	notice := o.onChange != onChangeRestart
	_, known := notices[o.onChange]
	switch {
	case notice && !known:
		return fmt.Errorf("--on-change takes restart, signal:HUP, signal:USR1 or signal:USR2, not %q", o.onChange)
	case !o.watch && (notice || o.envFile != ""):
		return errors.New("--on-change and --env-file are for --watch; without it the variables are read once")
	case notice && o.envFile == "":
		return errors.New("with a signal the command needs the file in which the new values are: name it by --env-file")
	}
	return nil
}

// checkURL lets neither a token travel in clear text, nor a password stand in the list of processes.
func checkURL(text string) error {
	u, err := url.Parse(text)
	switch {
	case err != nil || u.Host == "" || u.User != nil || u.RawQuery != "" || u.Fragment != "":
		return errors.New("--url takes an address such as https://accounts-reader.example.com")
	case u.Scheme == "https" || u.Scheme == "http" && loopback.Is(u.Hostname()):
		return nil
	}
	return errors.New("--url takes https, since the token would travel in clear text; http is for a loopback address only")
}

// client reads with the token of a file.
func (o *options) client(token *token) (*accounts.Client, error) {
	transport := http.DefaultTransport.(*http.Transport).Clone()
	if o.caFile != "" {
		text, err := os.ReadFile(o.caFile)
		if err != nil {
			return nil, fmt.Errorf("--ca-file: %w", err)
		}
		roots := x509.NewCertPool()
		if !roots.AppendCertsFromPEM(text) {
			return nil, fmt.Errorf("--ca-file: %s holds no certificate", o.caFile)
		}
		transport.TLSClientConfig = &tls.Config{RootCAs: roots, MinVersion: tls.VersionTLS12}
	}
	follow := func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse } // the API leads nowhere else
	return &accounts.Client{
		URL: strings.TrimSuffix(o.url, "/"), Token: token.read,
		HTTP: &http.Client{Transport: transport, CheckRedirect: follow},
	}, nil
}
