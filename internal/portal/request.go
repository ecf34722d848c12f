package portal

import (
	"net/http"
	"strings"

	"github.com/account-operator/account-operator/internal/store"
)

// maxAddress is the most bytes that an address may have in a mail.
const maxAddress = 254

func (p *portal) askForAddress(*http.Request) (page, error) {
	return expired(http.StatusOK, form{Purpose: store.LinkChoosePassword}), nil
}

// requestLink answers without knowing whether there is such an account: RequestLink does not tell.
func (p *portal) requestLink(r *http.Request) (page, error) {
	if wait := p.peers.wait(r); wait > 0 {
		return page{}, &store.RateLimitedError{RetryAfter: wait}
	}
	asked := form{Purpose: store.LinkPurpose(r.PostForm.Get("purpose")), Address: strings.TrimSpace(r.PostForm.Get("email"))}
	if asked.Purpose != store.LinkVerifyAddress {
		asked.Purpose = store.LinkChoosePassword
	}
	if !looksLikeAddress(asked.Address) {
		asked.Problems = []problem{{"email", "Enter an address like name@example.com."}}
		return expired(http.StatusUnprocessableEntity, asked), nil
	}
	if err := p.links.RequestLink(r.Context(), asked.Purpose, asked.Address, p.limit); err != nil {
		return page{}, err
	}
	return message(http.StatusOK, "Look into your mail",
		"If an account with this address can use such a link, a mail with a new one is on its way. Older links no longer work.",
		"Nothing after some minutes? Look into the folder for spam, or make sure that it is the address of your account."), nil
}

// looksLikeAddress spares a visitor the wait for a mail that cannot come. Whether it is one, the store knows.
func looksLikeAddress(address string) bool {
	local, domain, found := strings.Cut(address, "@")
	return found && local != "" && domain != "" && len(address) <= maxAddress && !strings.ContainsAny(address, " \t\r\n,;<>")
}

// expired is the one page for every token that does not work.
func expired(status int, f form) page {
	return page{name: "expired", status: status, Title: "This link has expired or was used", Form: f}
}
