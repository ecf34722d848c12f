package portal

import (
	"context"
	"net/http"
	"net/netip"
	"strings"
	"time"

	"github.com/account-operator/account-operator/internal/store"
	"github.com/account-operator/account-operator/internal/visitor"
)

const (
	// maxAddress is the most bytes that an address may have in a mail.
	maxAddress = 254
	// answerAfter is longer than a store takes to put a mail into its outbox.
	answerAfter = 100 * time.Millisecond
)

// begin is for who typed the address of the pages, or cut a link short.
func begin(*http.Request) (page, error) {
	shown := expired(http.StatusOK, form{})
	shown.Title, shown.Text, shown.Begins = "Your account", []any{"Links in mails lead here. Ask for one, and it comes by mail."}, true
	return shown, nil
}

func askForAddress(*http.Request) (page, error) {
	return expired(http.StatusOK, form{}), nil
}

// linkRequests takes requests for new links.
type linkRequests struct {
	links   store.Links
	trusted []netip.Prefix
	peers   *visitor.Peers // how often they ask
	// passwords says that links lead to choosing one, too.
	passwords bool
}

// requestLink answers without knowing whether there is such an account: RequestLink does not say.
func (l linkRequests) requestLink(r *http.Request) (page, error) {
	from := visitor.Of(r, l.trusted)
	if wait := l.peers.Wait(from); wait > 0 {
		return page{}, &store.RateLimitedError{RetryAfter: wait}
	}
	asked := form{Purpose: store.LinkPurpose(r.PostForm.Get("purpose")), Address: strings.TrimSpace(r.PostForm.Get("email"))}
	if asked.Purpose != store.LinkVerifyAddress {
		asked.Purpose = usualPurpose
	}
	if !l.passwords {
		asked.Purpose = store.LinkVerifyAddress
	}
	if !looksLikeAddress(asked.Address) {
		asked.Problems = []problem{{"email", "Enter an address like name@example.com."}}
		return expired(http.StatusUnprocessableEntity, asked), nil
	}
	if err := l.links.CountLinkRequest(r.Context(), visitor.Network(from)); err != nil {
		return page{}, err
	}
	if err := hidden(r.Context(), func() error { return l.links.RequestLink(r.Context(), asked.Purpose, asked.Address) }); err != nil {
		return page{}, err
	}
	return message(http.StatusOK, "Check your mail",
		"If an account with this address can use such a link, a mail with a new one is on its way, and older links no longer work.",
		"Nothing after some minutes? Look in the spam folder, and make sure that it is the address of your account."), nil
}

// hidden takes as long whatever the store finds: how long that takes depends a little on whether an account has an address, which nobody
// shall measure.
func hidden(ctx context.Context, ask func() error) error {
	timer := time.NewTimer(answerAfter)
	defer timer.Stop()
	if err := ask(); err != nil {
		return err
	}
	select {
	case <-timer.C:
	case <-ctx.Done():
	}
	return nil
}

// looksLikeAddress spares a visitor the wait for a mail that cannot come. Whether it is one, the store knows.
func looksLikeAddress(address string) bool {
	local, domain, found := strings.Cut(address, "@")
	return found && local != "" && domain != "" && len(address) <= maxAddress && !strings.ContainsAny(address, " \t\r\n,;<>")
}
