package portal

import (
	"errors"
	"net/http"
	"regexp"
	"strings"

	"github.com/account-operator/account-operator/internal/store"
)

// newAddress is the field of the page on which a member asks for another address.
var newAddress = field{Name: "email", Label: "New address", Type: "email", Complete: "email", Max: maxAddress}

// plainAddress is what spec.email of an Account takes, so that a platform team can write down what a holder chose.
var plainAddress = regexp.MustCompile(`^[A-Za-z0-9!#$%&'*+/=?^_{|}~-]+([.][A-Za-z0-9!#$%&'*+/=?^_{|}~-]+)*@([A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?[.])+[A-Za-z]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?$`)

const maxLocalPart = 64

func isPlainAddress(address string) bool {
	return len(address) <= maxAddress && strings.IndexByte(address, '@') <= maxLocalPart && plainAddress.MatchString(address)
}

// ownAddress is what the page about a member's address shows.
type ownAddress struct {
	Email, Pending     string
	Confirmed, Managed bool
	New                field
}

func (h held) showAddress(r *http.Request, in member) (page, error) { return h.addressPage(r, in, "") }

func (h held) addressPage(r *http.Request, in member, typed string, problems ...problem) (page, error) {
	now, err := h.store.Holder(in.AccountID).Account(r.Context())
	if err != nil {
		return goneMember(err)
	}
	asked := newAddress
	asked.Value, asked.Problem = typed, formOf(problems).On(asked.Name)
	return below("address", "Change your address", ownAddress{
		Email: now.Email, Pending: now.Pending, Confirmed: !now.EmailVerified.IsZero(), Managed: now.Managed.Sets(store.EmailLeaf), New: asked,
	}, problems...), nil
}

// askForAddress says the same, and takes as long, whether another account has the address or not.
func (h held) askForAddress(r *http.Request, in member) (page, error) {
	typed := strings.TrimSpace(r.PostForm.Get(newAddress.Name))
	if !isPlainAddress(typed) {
		return h.addressPage(r, in, typed, problem{newAddress.Name, "Enter an address like name@example.com."})
	}
	err := hidden(r.Context(), func() error { return h.store.Holder(in.AccountID).AskForAddress(r.Context(), typed) })
	if refused, is := managedProblem(err, newAddress.Name); is {
		return h.addressPage(r, in, typed, refused)
	}
	return mailAsked(err)
}

func (h held) askForLinkAgain(r *http.Request, in member) (page, error) {
	return mailAsked(hidden(r.Context(), func() error { return h.store.Holder(in.AccountID).AskAgain(r.Context()) }))
}

// mailAsked is what follows, which does not say whether a mail goes out.
func mailAsked(err error) (page, error) {
	if limited := (*store.RateLimitedError)(nil); errors.As(err, &limited) {
		return page{}, err
	}
	if err != nil {
		return goneMember(err)
	}
	shown := message(http.StatusOK, "Check your mail",
		"If the address can be that of your account, a mail with a link is on its way there, and older links no longer work.",
		"Open the link in a browser in which you are signed in. Until then nothing about your account changes.")
	shown.Wide, shown.Back = true, settingsPath
	return shown, nil
}

func (h held) keepAddress(r *http.Request, in member) (page, error) {
	if err := h.store.Holder(in.AccountID).KeepAddress(r.Context()); err != nil {
		return goneMember(err)
	}
	return backTo("security"), nil
}

// askToProve is where the link of a mail to a later address leads. The mailbox alone opens nothing.
func (h held) askToProve(r *http.Request) (page, error) {
	in, err := h.page.sessions.find(r)
	if errors.Is(err, store.ErrNotFound) || err == nil && in.AwaitsCode {
		return message(http.StatusOK, "Sign in first", "The address of an account is confirmed by who is signed in to it.",
			"Sign in, and then open the link of the mail again in this browser."), nil
	}
	if err != nil {
		return page{}, err
	}
	token := store.NewSecret([]byte(r.URL.Query().Get("token")))
	email, err := h.store.Holder(in.AccountID).AddressToProve(r.Context(), token)
	if err != nil {
		return page{}, err
	}
	shown := below("prove-address", "Confirm your address", nil)
	shown.Form, shown.Theme, shown.Member = form{Token: token, Address: email}, in.Theme, in.Email
	return shown, nil
}

func (h held) proveAddress(r *http.Request, in member) (page, error) {
	err := h.store.Holder(in.AccountID).ProveAddress(r.Context(), store.NewSecret([]byte(r.PostForm.Get("token"))))
	if refused, is := managedProblem(err, newAddress.Name); is {
		return h.addressPage(r, in, "", refused)
	}
	if errors.Is(err, store.ErrNotFound) {
		return expired(http.StatusGone, form{}), nil
	}
	if err != nil {
		return page{}, err
	}
	return backTo("security"), nil
}
