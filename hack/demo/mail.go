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
	"net/http"
	"net/mail"
	"net/url"
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

// confirm does what the account holder does: reads the mail, follows the link and presses the button.
func confirm(ctx context.Context, s *stage) error {
	message, err := s.awaitMail(ctx)
	if err != nil {
		return err
	}
	text, err := plainText(message.Text)
	if err != nil {
		return err
	}
	s.screen.result("a mail to %s:", strings.Join(message.To, ", "))
	s.screen.output(text)
	link := regexp.MustCompile(`http://\S+`).FindString(text)
	address, err := url.Parse(link)
	if err != nil || link == "" {
		return errors.New("the mail has no link")
	}
	if err := s.visits(ctx, http.MethodGet, link, nil, "Confirm address"); err != nil {
		return err
	}
	token := url.Values{"token": {address.Query().Get("token")}}
	address.RawQuery = ""
	return s.visits(ctx, http.MethodPost, address.String(), token, "Choose")
}

// awaitMail waits for the first mail.
func (s *stage) awaitMail(ctx context.Context) (smtp.Message, error) {
	ctx, cancel := context.WithTimeoutCause(ctx, waitLimit, errors.New("no mail came"))
	defer cancel()
	for len(s.mails.Messages()) == 0 {
		select {
		case <-s.mails.Arrived():
		case <-ctx.Done():
			return smtp.Message{}, context.Cause(ctx)
		}
	}
	return s.mails.Messages()[0], nil
}

// visits asks for a page and looks for a text on it.
func (s *stage) visits(ctx context.Context, method, address string, form url.Values, wanted string) error {
	request, err := http.NewRequestWithContext(ctx, method, address, strings.NewReader(form.Encode()))
	if err != nil {
		return err
	}
	if form != nil {
		request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	response, err := (&http.Client{Transport: &http.Transport{DisableKeepAlives: true}}).Do(request)
	if err != nil {
		return err
	}
	defer func() { _ = response.Body.Close() }()
	page, err := io.ReadAll(response.Body)
	if err != nil {
		return err
	}
	title := regexp.MustCompile(`<h1[^>]*>([^<]*)`).FindSubmatch(page)
	if response.StatusCode != http.StatusOK || !bytes.Contains(page, []byte(wanted)) || title == nil {
		return fmt.Errorf("%s of the link answers %s without %q", method, response.Status, wanted)
	}
	s.screen.result("%s: the page %q", method, title[1])
	return nil
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
