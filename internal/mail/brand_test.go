package mail_test

import (
	"bytes"
	"encoding/base64"
	"io"
	"mime"
	"mime/multipart"
	netmail "net/mail"
	"strings"
	"testing"

	"github.com/account-operator/account-operator/internal/brand"
	"github.com/account-operator/account-operator/internal/mail"
	"github.com/account-operator/account-operator/test/smtp"
)

// Given an installation with a name and a logo, when it mails, then the sender and the text have the name, and the HTML has both; the
// logo is a part of the mail, so that no server learns who reads it.
func TestMails_Brand_IsShown(t *testing.T) {
	logo := &brand.Logo{Content: []byte("\x89PNG picture"), Format: "png", Width: 56, Height: 28}
	s := begin(t, smtp.Options{}, func(o *mail.Options) {
		o.From, o.Brand = "accounts@example.org", brand.Brand{Name: "Example & Söhne", Logo: logo}
	})
	s.must(s.put("alice", "alice@example.com"))
	s.runs(s.fenced, mail.Sent)

	message, err := netmail.ReadMessage(bytes.NewReader(s.server.Messages()[0].Text))
	s.must(err)
	from, err := message.Header.AddressList("From")
	s.must(err)
	if len(from) != 1 || from[0].Name != "Example & Söhne" || from[0].Address != "accounts@example.org" {
		t.Errorf("it is from %v", from)
	}
	parts := map[string]string{}
	leavesOf(t, message.Header.Get("Content-Type"), message.Body, parts)
	if text := parts["text/plain"]; !strings.HasSuffix(text, "\n-- \nExample & Söhne\n") {
		t.Errorf("the text is %q", text)
	}
	if html := parts["text/html"]; !strings.Contains(html, `<img src="cid:logo@account-operator" alt="" width="56" height="28"`) || !strings.Contains(html, "Example &amp; Söhne</p>") {
		t.Errorf("the HTML is %s", html)
	}
	if parts["image/png <logo@account-operator>"] != string(logo.Content) {
		t.Errorf("the logo is %q, in %v", parts["image/png <logo@account-operator>"], parts)
	}
}

// leavesOf collects the parts of a message that are no multipart, by type and ID.
func leavesOf(t *testing.T, contentType string, body io.Reader, into map[string]string) {
	t.Helper()
	_, parameters, err := mime.ParseMediaType(contentType)
	if err != nil {
		t.Fatal(err)
	}
	for parts := multipart.NewReader(body, parameters["boundary"]); ; {
		part, err := parts.NextPart()
		if err == io.EOF { //nolint:errorlint // as the package says
			return
		}
		if err != nil {
			t.Fatal(err)
		}
		kind, _, err := mime.ParseMediaType(part.Header.Get("Content-Type"))
		if err != nil {
			t.Fatal(err)
		}
		if strings.HasPrefix(kind, "multipart/") {
			leavesOf(t, part.Header.Get("Content-Type"), part, into)
			continue
		}
		var content io.Reader = part
		if part.Header.Get("Content-Transfer-Encoding") == "base64" {
			content = base64.NewDecoder(base64.StdEncoding, part)
		}
		text, err := io.ReadAll(content)
		if err != nil {
			t.Fatal(err)
		}
		into[strings.TrimSpace(kind+" "+part.Header.Get("Content-Id"))] = strings.ReplaceAll(string(text), "\r\n", "\n")
	}
}
