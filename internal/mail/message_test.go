package mail_test

import (
	"bytes"
	"errors"
	"io"
	"maps"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	netmail "net/mail"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/account-operator/account-operator/internal/mail"
	"github.com/account-operator/account-operator/internal/store"
	"github.com/account-operator/account-operator/test/fault"
	"github.com/account-operator/account-operator/test/smtp"
)

// letter is a message as its reader gets it.
type letter struct {
	header     netmail.Header
	text, html string
}

func open(t *testing.T, m smtp.Message) letter {
	t.Helper()
	parsed, err := netmail.ReadMessage(bytes.NewReader(m.Text))
	if err != nil {
		t.Fatal(err)
	}
	kind, parameters, err := mime.ParseMediaType(parsed.Header.Get("Content-Type"))
	if err != nil || kind != "multipart/alternative" {
		t.Fatal(kind, err)
	}
	l := letter{header: parsed.Header}
	parts := multipart.NewReader(parsed.Body, parameters["boundary"])
	for {
		part, err := parts.NextRawPart()
		if errors.Is(err, io.EOF) {
			return l
		}
		if err != nil || part.Header.Get("Content-Transfer-Encoding") != "quoted-printable" {
			t.Fatal(part, err)
		}
		content, err := io.ReadAll(quotedprintable.NewReader(part))
		if err != nil {
			t.Fatal(err)
		}
		if strings.HasPrefix(part.Header.Get("Content-Type"), "text/html") {
			l.html = string(content)
		} else {
			l.text = string(content)
		}
	}
}

var linkForm = regexp.MustCompile(`https?://[^\s"<]*`)

func TestMails_Each_SaysWhatHappenedAndWhatToDo(t *testing.T) {
	s := begin(t, smtp.Options{})
	s.must(s.put("alice", "alice@example.com"))
	s.runs(s.fenced, mail.Sent)
	s.must(s.put("alice", "new@example.com"))
	s.runs(s.fenced, mail.Sent, mail.Sent)
	confirm := store.ActionRequest{Type: store.ActionConfirmAddress, Email: "new@example.com"}
	_, err := s.fenced.Act(t.Context(), store.Claim{Cluster: "c", UID: "confirm", Kind: store.KindAccountAction}, claim("alice"), confirm)
	s.must(err)
	s.must(s.store.RequestLink(t.Context(), store.LinkChoosePassword, "new@example.com"))
	s.runs(s.fenced, mail.Sent)
	account, err := s.fenced.Account(t.Context(), claim("alice"))
	s.must(err)
	s.must(s.store.EnrolBackupCodes(t.Context(), account.ID, [][]byte{{1}}))
	s.runs(s.fenced, mail.Sent)
	_, err = s.fenced.Act(t.Context(), store.Claim{Cluster: "c", UID: "reset", Kind: store.KindAccountAction}, claim("alice"), store.ActionRequest{Type: store.ActionResetTwoFactor})
	s.must(err)
	s.runs(s.fenced, mail.Sent)
	s.choosesPassword("new@example.com", "first") // which is no change
	s.choosesPassword("new@example.com", "second")
	s.runs(s.fenced, mail.Sent)
	s.must(s.fenced.DeleteAccount(t.Context(), claim("alice"), store.Deletion{}))
	s.runs(s.fenced, mail.Sent)

	s.sent(map[string]want{
		"The address of your account was changed":     {"alice@example.com", "", "new@example.com"},
		"Confirm your address":                        {"new@example.com", "https://portal.example.org/p/verify?token=", "24 hours"},
		"Choose a new password":                       {"new@example.com", "https://portal.example.org/p/password?token=", "1 hour."},
		"The second factor of your account was reset": {"new@example.com", "", "backup codes"},
		"The password of your account was changed":    {"new@example.com", "", "no longer works"},
		"A second factor was added to your account":   {"new@example.com", "", "backup codes"},
		"Your account was deleted":                    {"new@example.com", "", "bring it back"},
	})
}

func TestMails_OfSecondFactors_SayWhatHappenedAndWhatToDo(t *testing.T) {
	s := begin(t, smtp.Options{})
	s.must(s.put("alice", "alice@example.com"))
	s.runs(s.fenced, mail.Sent)
	account, err := s.fenced.Account(t.Context(), claim("alice"))
	s.must(err)
	s.must(s.store.EnrolTOTP(t.Context(), account.ID, "phone", store.NewSecret([]byte("seed")), 0))
	s.must(s.store.EnrolBackupCodes(t.Context(), account.ID, [][]byte{{1}, {2}, {3}, {4}}))
	s.must(s.store.AcceptBackupCode(t.Context(), account.ID, []byte{1}))
	apps, err := s.store.Factors(t.Context(), account.ID)
	s.must(err)
	s.must(s.store.RemoveFactor(t.Context(), account.ID, apps[0].ID))
	s.runs(s.fenced, mail.Sent, mail.Sent, mail.Sent)
	s.sent(map[string]want{
		"A second factor was added to your account":   {"alice@example.com", "", "backup codes"},
		"Few backup codes of your account are left":   {"alice@example.com", "", "Make new ones"},
		"A second factor of your account was removed": {"alice@example.com", "", "no longer count"},
	})
}

func TestMails_OfWaysIn_SayWhatHappenedAndWhatToDo(t *testing.T) {
	s := begin(t, smtp.Options{})
	s.must(s.put("alice", "alice@example.com"))
	s.runs(s.fenced, mail.Sent)
	account, err := s.fenced.Account(t.Context(), claim("alice"))
	s.must(err)
	who := store.Subject{Issuer: "https://login.example.com", Subject: "alice", Email: "alice@example.com", At: time.Now()}
	for range 2 {
		_, err = s.store.BeginSubjectSession(t.Context(), who, store.Browser{})
		s.must(err)
	}
	_, _, err = s.store.Holder(account.ID).CreateKey(t.Context(), "", store.APIKey{Name: "laptop"})
	s.must(err)
	s.runs(s.fenced, mail.Sent, mail.Sent, mail.Sent)
	s.sent(map[string]want{
		"Your account can be signed in to another way":       {"alice@example.com", "", "at the provider"},
		"Your account was signed in to with another browser": {"alice@example.com", "", "end its session"},
		"An API key was made for your account":               {"alice@example.com", "", "delete the key"},
	})
}

func TestMails_OfTheEnd_SayWhatHappenedAndWhatToDo(t *testing.T) {
	s := begin(t, smtp.Options{})
	s.must(s.put("alice", "alice@example.com"))
	s.runs(s.fenced, mail.Sent)
	account, err := s.fenced.Account(t.Context(), claim("alice"))
	s.must(err)
	confirm := store.ActionRequest{Type: store.ActionConfirmAddress, Email: "alice@example.com"}
	_, err = s.fenced.Act(t.Context(), store.Claim{Cluster: "c", UID: "confirm", Kind: store.KindAccountAction}, claim("alice"), confirm)
	s.must(err)
	s.must(s.store.Holder(account.ID).RequestDeletion(t.Context()))
	s.runs(s.fenced, mail.Sent)
	s.must(s.fenced.DeleteAccount(t.Context(), claim("alice"), store.Deletion{Retain: true}))
	s.must(s.store.Holder(account.ID).Delete(t.Context()))
	s.runs(s.fenced, mail.Sent)
	s.sent(map[string]want{
		"You asked for your account to be deleted": {"alice@example.com", "", "nothing was deleted yet"},
		"You deleted your account":                 {"alice@example.com", "", "not brought back"},
	})
}

// want is a mail's recipient, what its link begins with, and words of it.
type want struct{ to, link, phrase string }

// sent are the mails after the first, by their subjects.
func (s *scene) sent(wants map[string]want) {
	s.Helper()
	t := s.T
	for _, m := range s.server.Messages()[1:] {
		l := open(t, m)
		want, known := wants[l.header.Get("Subject")]
		delete(wants, l.header.Get("Subject"))
		if !known || !slices.Equal(m.To, []string{want.to}) || m.From != "accounts@example.org" {
			t.Errorf("%q from %s to %v", l.header.Get("Subject"), m.From, m.To)
		}
		says(t, l.text, want.phrase, want.link)
		says(t, l.html, want.phrase, want.link)
		if !strings.Contains(l.html, `<html lang="en">`) || !strings.Contains(l.html, "<title>"+l.header.Get("Subject")) {
			t.Errorf("got %s", l.html)
		}
	}
	if len(wants) > 0 {
		t.Errorf("not sent: %v", slices.Collect(maps.Keys(wants)))
	}
}

func TestMails_Link_WorksAndIsInNoLog(t *testing.T) {
	s := begin(t, smtp.Options{})
	s.must(s.put("alice", "alice@example.com"))
	s.runs(s.fenced, mail.Sent)
	link := linkForm.FindString(open(t, s.server.Messages()[0]).text)
	_, token, _ := strings.Cut(link, "token=")
	if strings.Contains(s.log.String(), token) || strings.Contains(s.log.String(), "alice@") || !strings.Contains(s.log.String(), "sent a mail") {
		t.Errorf("the log is %s", s.log)
	}
	_, err := s.store.ConfirmAddress(t.Context(), store.NewSecret([]byte(token)))
	s.must(err)
}

// says holds a mail's body to its phrase, to advice for who did not ask for it, and to links to one page only.
func says(t *testing.T, body, phrase, page string) {
	t.Helper()
	if !strings.Contains(body, phrase) || !strings.Contains(body, "If you d") && !strings.Contains(body, "If it was not you") {
		t.Errorf("got %s", body)
	}
	links := linkForm.FindAllString(body, -1)
	if (len(links) > 0) != (page != "") {
		t.Errorf("%d links are in %s", len(links), body)
	}
	for _, link := range links {
		if !strings.HasPrefix(link, page) || len(link) != len(page)+43 {
			t.Errorf("got the link %s", link)
		}
	}
	if strings.Contains(body, "canary-username") {
		t.Error("whoever chooses the username chooses words of the mail")
	}
}

// hostileAddresses are made of what ends lines, headers, commands and lists.
func hostileAddresses() (all []string) {
	tricks := []string{
		"\r\nBcc: eve@example.net", "\nSubject: x", "\r\n.\r\nMAIL FROM:<eve@example.net>", ", eve@example.net", "; eve@example.net",
		"> SIZE=1", "><eve@example.net", " ", "\t", "(comment)", "\"", "\\", "%0d%0a", "=?utf-8?q?x?=", "ü", "\u2028", "\u202e", ":", "<", ">", "[", "]",
		"@", "@example.net", "\x7f", "\x1b[31m", "\v", "\u00a0", "..", "-", "_", "+tag", "'", "`", "{x}", "|cat", "$x", "!bang", "#", "&", "*", "/", "=", "?", "^", "~",
	}
	for _, trick := range tricks {
		all = append(all, trick+"alice@example.com", "al"+trick+"ice@example.com", "alice@exa"+trick+"mple.com", "alice@example.com"+trick)
	}
	return append(all, "alice", "@", "alice@", "@example.com", "Alice <alice@example.com>", "<alice@example.com>",
		"team: alice@example.com, eve@example.net;", `"a b"@example.com`, "alice@[127.0.0.1]", strings.Repeat("a", 250)+"@example.com")
}

func TestMails_HostileAddress_IsOneRecipientOrRefused(t *testing.T) {
	tried := fault.Begin(t, fault.Case{Goal: "G16", Workload: "a mail", Trigger: "a hostile address"})
	s := begin(t, smtp.Options{})
	asked := map[string]bool{}
	for n, address := range hostileAddresses() {
		if s.put(string(rune('a'+n%26))+strings.Repeat("x", n), address) == nil {
			asked[address] = true
		}
	}
	if len(hostileAddresses()) < 180 || len(asked) < 150 {
		t.Fatalf("void: %d of %d addresses came into the outbox", len(asked), len(hostileAddresses()))
	}
	tried.Add(int64(len(asked)))
	s.endAll(len(asked))
	messages := s.server.Messages()
	for _, m := range messages {
		if len(m.To) != 1 || !asked[m.To[0]] {
			t.Errorf("recipients %q", m.To)
			continue
		}
		oneRecipient(t, open(t, m).header, m.To[0])
	}
	dead := len(asked) - len(messages)
	s.counts(store.MailCounts{Dead: dead})
	if len(messages) < 20 || dead < 50 {
		t.Errorf("void: %d were sent and %d refused", len(messages), dead)
	}
}

// oneRecipient holds a header to the recipient of the envelope, and to the fields that every mail has.
func oneRecipient(t *testing.T, header netmail.Header, recipient string) {
	t.Helper()
	if to, err := header.AddressList("To"); err != nil || len(to) != 1 || to[0].Address != recipient {
		t.Errorf("the header says %v, %v for %q", to, err, recipient)
	}
	want := []string{"Auto-Submitted", "Content-Type", "Date", "From", "Message-Id", "Mime-Version", "Subject", "To", "User-Agent", "X-Mailer"}
	if got := slices.Sorted(maps.Keys(header)); !slices.Equal(got, want) {
		t.Errorf("%q: the header has %v", recipient, got)
	}
}
