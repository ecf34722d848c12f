package portal

import (
	"net/http"
	"strings"
	"unicode/utf8"

	"github.com/account-operator/account-operator/internal/store"
)

// confirmation are the pages on which a visitor confirms an address.
type confirmation struct {
	links     store.Links
	passwords bool // whoever has none chooses one next
}

// askToConfirm only shows a button: programs that look through mails open every link in them.
func (c confirmation) askToConfirm(r *http.Request) (page, error) {
	token := store.NewSecret([]byte(r.URL.Query().Get("token")))
	link, err := linkFor(r.Context(), c.links, store.LinkVerifyAddress, token)
	if err != nil {
		return page{}, err
	}
	return page{
		name: "confirm", status: http.StatusOK, Title: "Confirm your address", Theme: link.Theme,
		Form: form{Token: token, Address: masked(link.Email)},
	}, nil
}

func (c confirmation) confirm(r *http.Request) (page, error) {
	token := store.NewSecret([]byte(r.PostForm.Get("token")))
	link, err := linkFor(r.Context(), c.links, store.LinkVerifyAddress, token)
	if err != nil {
		return page{}, err
	}
	next, err := c.links.ConfirmAddress(r.Context(), token)
	if err != nil {
		return page{}, err
	}
	if next.Len() > 0 && c.passwords {
		return passwordForm(http.StatusOK, next, link), nil
	}
	done := message(http.StatusOK, "Your address is confirmed", "You can close this page.")
	done.Theme = link.Theme
	return done, nil
}

// masked shows an address to who knows it, and not to who found the mail's link elsewhere.
func masked(address string) string {
	at := strings.LastIndex(address, "@")
	if at < 0 {
		return "•••"
	}
	_, first := utf8.DecodeRuneInString(address)
	if first >= at {
		first = 0
	}
	return address[:first] + "•••" + address[at:]
}
