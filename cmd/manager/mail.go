package main

import (
	"net/url"
	"os"
	"strings"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/spf13/pflag"
	ctrl "sigs.k8s.io/controller-runtime"

	"github.com/account-operator/account-operator/internal/brand"
	"github.com/account-operator/account-operator/internal/controller/telemetry"
	"github.com/account-operator/account-operator/internal/mail"
	"github.com/account-operator/account-operator/internal/store"
)

// mailConfig is how account holders are written to.
type mailConfig struct {
	serverFile string
	from       string
	rate       int
}

func (c *mailConfig) mailFlags(f *pflag.FlagSet) {
	f.StringVar(&c.serverFile, "smtp-url-file", "",
		"file that holds the mail server's URL, such as smtps://user:password@mail.example.com:465; left out, mails wait in the outbox")
	f.StringVar(&c.from, "mail-from", "", "address that mails come from, with or without a name")
	rateFlag(f, &c.rate)
}

func rateFlag(f *pflag.FlagSet, rate *int) {
	f.IntVar(rate, "mail-rate", 5, "mails with links that one address gets within an hour, from each of platform, account holder and pages; as many notices")
}

func checkRate(rate int) error {
	if rate < 1 {
		return usagef("--mail-rate must be 1 or more")
	}
	return nil
}

// checkMail refuses what could only fail later.
func (c *mailConfig) checkMail() error {
	if (c.serverFile == "") != (c.from == "") {
		return usagef("--smtp-url-file and --mail-from go together; give both, or neither and mails wait in the outbox")
	}
	return checkRate(c.rate)
}

// sender is nil where mails wait. Its errors never quote the URL, which holds a password.
func (c *mailConfig) sender(portal *url.URL, shown brand.Brand, metrics prometheus.Registerer) (*mail.Sender, error) {
	if c.serverFile == "" {
		return nil, nil
	}
	text, err := os.ReadFile(c.serverFile)
	if err != nil {
		return nil, usagef("--smtp-url-file: %v", err)
	}
	count := telemetry.CountMails(metrics)
	sender, err := mail.New(mail.Options{
		Server: strings.TrimSpace(string(text)), From: c.from, Portal: portal, Brand: shown, Log: ctrl.Log.WithName("mail"),
		Report: func(k store.MailKind, o mail.Outcome, c mail.Cause) { count(k, string(o), string(c)) },
	})
	if err != nil {
		return nil, usagef("--smtp-url-file or --mail-from: %v", err)
	}
	return sender, nil
}
