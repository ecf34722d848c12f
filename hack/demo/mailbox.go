package main

import (
	"context"
	"fmt"
	"html/template"
	"net"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/account-operator/account-operator/test/port"
	"github.com/account-operator/account-operator/test/smtp"
)

// mailbox shows on a page what the mail server was handed, and writes each mail to the screen.
type mailbox struct {
	mails   *smtp.Server
	server  *http.Server
	address string // of the page
}

// letter is a mail as the page shows it.
type letter struct {
	To      string
	Text    string
	Links   []string
	Subject string
}

var (
	links = regexp.MustCompile(`http://\S+`)
	page  = template.Must(template.New("mailbox").Parse(`<!DOCTYPE html>
<html lang="en"><meta charset="utf-8"><meta http-equiv="refresh" content="5"><title>Mailbox</title>
<style>body{font:16px/1.5 sans-serif;max-width:50rem;margin:2rem auto;padding:0 1rem}pre{white-space:pre-wrap;background:#f4f4f4;padding:1rem}</style>
<h1>Mailbox</h1>{{range .}}<h2>{{.Subject}}</h2><p>To {{.To}}{{range .Links}} &middot; <a href="{{.}}">{{.}}</a>{{end}}</p><pre>{{.Text}}</pre>
{{else}}<p>No mail yet.</p>{{end}}</html>
`))
)

// openMailbox serves the page on a loopback port.
func openMailbox(ctx context.Context, mails *smtp.Server) (*mailbox, error) {
	listener, err := new(net.ListenConfig).Listen(ctx, "tcp4", "127.0.0.1:0")
	if err != nil {
		return nil, fmt.Errorf("opening the mailbox: %w", err)
	}
	m := &mailbox{mails: mails, address: "http://" + listener.Addr().String()}
	m.server = &http.Server{Handler: m, ReadHeaderTimeout: time.Second}
	go func() { _ = m.server.Serve(listener) }() // until close; a server that was closed before ends at once
	return m, nil
}

func (m *mailbox) close() error { return m.server.Close() }

// ServeHTTP implements http.Handler: the newest mail comes first.
func (m *mailbox) ServeHTTP(w http.ResponseWriter, _ *http.Request) {
	letters := []letter{}
	for _, message := range slices.Backward(m.mails.Messages()) {
		letters = append(letters, read(message))
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	_ = page.Execute(w, letters)
}

func read(m smtp.Message) letter {
	l := letter{To: strings.Join(m.To, ", ")}
	text, err := plainText(m.Text)
	if err != nil {
		l.Text = err.Error()
		return l
	}
	subject, text, _ := strings.Cut(strings.TrimPrefix(text, "Subject: "), "\n\n")
	l.Subject, l.Text, l.Links = subject, text, links.FindAllString(text, -1)
	return l
}

// announce reports each mail that comes, until ctx ends.
func (m *mailbox) announce(ctx context.Context, screen *screen) {
	for said := len(m.mails.Messages()); ; {
		select {
		case <-ctx.Done():
			return
		case <-m.mails.Arrived():
		}
		messages := m.mails.Messages()
		for _, message := range messages[said:] {
			l := read(message)
			screen.line(strings.Join(append([]string{screen.in(bold, "mail to "+l.To+":"), l.Subject}, l.Links...), "  "))
		}
		said = len(messages)
	}
}

// startMailbox opens it, and finds an address for the manager's metrics.
func (s *stage) startMailbox(ctx context.Context) (err error) {
	if s.mailbox, err = openMailbox(ctx, s.mails); err != nil {
		return err
	}
	s.metrics, err = port.Free(ctx)
	return err
}
