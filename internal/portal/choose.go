package portal

import (
	"net/http"

	"github.com/account-operator/account-operator/internal/password"
	"github.com/account-operator/account-operator/internal/store"
)

// passwordChoice are the pages on which a visitor chooses a password.
type passwordChoice struct {
	links  store.Links
	hasher *password.Hasher
}

func (c passwordChoice) askForPassword(r *http.Request) (page, error) {
	token := store.NewSecret([]byte(r.URL.Query().Get("token")))
	link, err := linkFor(r.Context(), c.links, store.LinkChoosePassword, token)
	if err != nil {
		return page{}, err
	}
	return passwordForm(http.StatusOK, token, link), nil
}

// choosePassword hashes only for who holds a valid token, since a hash is what costs most here.
func (c passwordChoice) choosePassword(r *http.Request) (page, error) {
	token := store.NewSecret([]byte(r.PostForm.Get("token")))
	link, err := linkFor(r.Context(), c.links, store.LinkChoosePassword, token)
	if err != nil {
		return page{}, err
	}
	chosen := r.PostForm.Get("password")
	if problems := flaws(chosen, r.PostForm.Get("repeat"), link.Email); len(problems) > 0 {
		return passwordForm(http.StatusUnprocessableEntity, token, link, problems...), nil
	}
	hash, err := c.hasher.Hash(r.Context(), chosen)
	if err != nil {
		return page{}, err
	}
	if err := c.links.ChoosePassword(r.Context(), token, hash); err != nil {
		return page{}, err
	}
	done := message(http.StatusOK, "Your password is set", "Sign in with it from now on.", "You can close this page.")
	done.Theme = link.Theme
	return done, nil
}

// noPasswords is for who has a link of before.
func noPasswords(*http.Request) (page, error) {
	return message(http.StatusGone, "There are no passwords here", "Sign in at the provider that the page to sign in names."), nil
}

func flaws(chosen, repeated, address string) []problem {
	if flaw := password.Flaw(chosen, address); flaw != "" {
		return []problem{{"password", flaw}}
	}
	if chosen != repeated {
		return []problem{{"repeat", "The two passwords differ. Type the same one twice."}}
	}
	return nil
}

// passwordForm shows the whole address: who holds this token can take the account over anyway, and a password manager
// has to know whose password it keeps.
func passwordForm(status int, token store.Secret, link store.Link, problems ...problem) page {
	return page{
		name: "password", status: status, Title: "Choose a password", Theme: link.Theme,
		Form: form{Token: token, Address: link.Email, Problems: problems},
	}
}
