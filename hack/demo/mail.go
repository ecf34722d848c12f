package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	"net/mail"
	"os"
	"regexp"
	"strings"

	"github.com/account-operator/account-operator/test/port"
	"github.com/account-operator/account-operator/test/smtp"
)

// startMail starts a mail server that keeps what it is handed in, and finds an address for the pages that links lead to.
func (s *stage) startMail(ctx context.Context) (err error) {
	if s.portal, err = port.Free(ctx); err != nil {
		return err
	}
	if s.mails, err = smtp.Start(smtp.Options{}); err != nil {
		return fmt.Errorf("starting a mail server: %w", err)
	}
	if err := os.WriteFile(s.mailServer(), []byte("smtp://"+s.mails.Address()), 0o600); err != nil || !s.stays {
		return err
	}
	return s.startMailbox(ctx)
}

// awaitMail waits for a mail that has this, which is to and text.
func (s *stage) awaitMail(ctx context.Context, has *regexp.Regexp) (to []string, text string, err error) {
	ctx, cancel := context.WithTimeoutCause(ctx, waitLimit, errors.New("the mail did not come"))
	defer cancel()
	for {
		for _, message := range s.mails.Messages() {
			text, err := plainText(message.Text)
			if err != nil || has.MatchString(text) {
				return message.To, text, err
			}
		}
		select {
		case <-s.mails.Arrived():
		case <-ctx.Done():
			return nil, "", context.Cause(ctx)
		}
	}
}

// plainText is the part of a mail that is for readers without HTML.
func plainText(raw []byte) (string, error) {
	message, err := mail.ReadMessage(bytes.NewReader(raw))
	if err != nil {
		return "", fmt.Errorf("reading the mail: %w", err)
	}
	_, parameters, err := mime.ParseMediaType(message.Header.Get("Content-Type"))
	if err != nil {
		return "", fmt.Errorf("reading the mail: %w", err)
	}
	parts := multipart.NewReader(message.Body, parameters["boundary"])
	for {
		part, err := parts.NextRawPart()
		if err != nil {
			return "", errors.New("the mail has no plain text")
		}
		if strings.HasPrefix(part.Header.Get("Content-Type"), "text/plain") {
			text, err := io.ReadAll(quotedprintable.NewReader(part))
			return "Subject: " + message.Header.Get("Subject") + "\n\n" + strings.ReplaceAll(string(text), "\r\n", "\n"), err
		}
	}
}
