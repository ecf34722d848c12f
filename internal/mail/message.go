package mail

import (
	"bytes"
	"embed"
	"fmt"
	html "html/template"
	"net/url"
	"strings"
	text "text/template"

	gomail "github.com/wneessen/go-mail"

	"github.com/account-operator/account-operator/internal/brand"
	"github.com/account-operator/account-operator/internal/store"
)

//go:embed templates
var files embed.FS

// template is what a mail of one kind says.
type template struct {
	subject string
	path    string // of the page that its link leads to
	text    *text.Template
	html    *html.Template
}

var templates = map[store.MailKind]template{
	store.MailVerifyAddress:     parse("verify", "Confirm your address", "verify"),
	store.MailResetPassword:     parse("reset", "Choose a new password", "password"),
	store.MailProveAddress:      parse("prove", "Confirm the new address of your account", "settings/address/confirm"),
	store.MailFactorCode:        parse("code", "Your code", ""),
	store.MailAddressChanged:    parse("changed", "The address of your account was changed", ""),
	store.MailFactorReset:       parse("factor", "The second factor of your account was reset", ""),
	store.MailPasswordChanged:   parse("passwordchanged", "The password of your account was changed", ""),
	store.MailFactorAdded:       parse("factoradded", "A second factor was added to your account", ""),
	store.MailFactorRemoved:     parse("factorremoved", "A second factor of your account was removed", ""),
	store.MailBackupCodesLow:    parse("codeslow", "Few backup codes of your account are left", ""),
	store.MailAccountDeleted:    parse("deleted", "Your account was deleted", ""),
	store.MailDeletedByHolder:   parse("deletedbyholder", "You deleted your account", ""),
	store.MailSignedIn:          parse("signedin", "Your account was signed in to with another browser", ""),
	store.MailSubjectBound:      parse("subjectbound", "Your account can be signed in to another way", ""),
	store.MailKeyMade:           parse("keymade", "An API key was made for your account", ""),
	store.MailDeletionRequested: parse("deletionrequested", "You asked for your account to be deleted", ""),
}

func parse(name, subject, path string) template {
	return template{
		subject: subject, path: path,
		text: text.Must(text.ParseFS(files, "templates/page.txt", "templates/"+name+".txt")),
		html: html.Must(html.ParseFS(files, "templates/page.html", "templates/"+name+".html")),
	}
}

// words are all that a mail says of its account, and whose mail it is. The name that the account goes by is not among them: whoever may choose
// it could else have us send words of theirs to anybody.
type words struct {
	Subject, Scheme string
	Link            string
	Code            string
	Address         string // the new one
	Hours           int    // for which the link is good
	Minutes         int    // the same, of a code
	Brand           string
	Logo            *brand.Logo
}

// compose makes the message. All of its header is ours but the recipient, which was looked at.
func (s *Sender) compose(m store.Mail, to string) (*gomail.Msg, error) {
	t, known := templates[m.Kind]
	if !known {
		return nil, fmt.Errorf("there is no template for %s", m.Kind)
	}
	w := words{
		Subject: t.subject, Scheme: scheme(m.Theme), Hours: int(m.Kind.Lifetime().Hours()), Minutes: int(m.Kind.Lifetime().Minutes()), Brand: s.brand.Name, Logo: s.brand.Logo,
	}
	if address, err := plainAddress(m.NewAddress); err == nil {
		w.Address = address
	}
	if t.path != "" {
		w.Link = link(s.portal, t.path, m.Token)
	} else {
		w.Code = string(m.Token.Reveal())
	}
	msg := gomail.NewMsg()
	msg.FromMailAddress(s.from)
	if err := msg.To(to); err != nil {
		return nil, err
	}
	msg.Subject(t.subject)
	msg.SetMessageIDWithValue(m.ID + "@" + domain(s.from.Address))
	msg.SetGenHeader("Auto-Submitted", "auto-generated")
	if err := msg.SetBodyTextTemplate(t.text, w); err != nil {
		return nil, err
	}
	if err := msg.AddAlternativeHTMLTemplate(t.html, w); err != nil {
		return nil, err
	}
	return msg, s.embedLogo(msg)
}

// embedLogo makes the logo a part of the mail, so that reading it asks no server and shows nobody.
func (s *Sender) embedLogo(msg *gomail.Msg) error {
	logo := s.brand.Logo
	if logo == nil {
		return nil
	}
	return msg.EmbedReader("logo."+logo.Format, bytes.NewReader(logo.Content), gomail.WithFileContentID("<logo@account-operator>"),
		gomail.WithFileContentType(gomail.ContentType(logo.MediaType())))
}

// link has its host from the portal's URL and from nowhere else.
func link(portal *url.URL, path string, token store.Secret) string {
	page := portal.JoinPath(path)
	page.RawQuery = url.Values{"token": {string(token.Reveal())}}.Encode()
	return page.String()
}

// scheme is what CSS calls the account's theme.
func scheme(theme string) string {
	switch theme {
	case "Dark", "Light":
		return strings.ToLower(theme)
	default:
		return "light dark"
	}
}

func domain(address string) string { return address[strings.LastIndexByte(address, '@')+1:] }
